#include "warpgroups-launch.cuh"

namespace octet {

template <class Kind>
bool launch_warpgroups(TensorCoreInput x, const uint8_t* w, LinearShape shape, LinearOutput out, cudaStream_t stream) {
  return launch_fastest<WideTiles<Kind, 256, 1, 2, 1>, WideTiles<Kind, 128, 2, 2, 1>, WideTiles<Kind, 128, 1, 2, 1>, WideTiles<Kind, 64, 2, 2, 1>,
                        WideTiles<Kind, 64, 1, 2, 1>, WideTiles<Kind, 64, 1, 1, 2>>(x, w, shape, out, stream);
}

template bool launch_warpgroups<F16Floats>(TensorCoreInput, const uint8_t*, LinearShape, LinearOutput, cudaStream_t);
template bool launch_warpgroups<Bf16Floats>(TensorCoreInput, const uint8_t*, LinearShape, LinearOutput, cudaStream_t);

}  // namespace octet
