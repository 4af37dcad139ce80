#include "warpgroups-launch.cuh"

namespace octet {

template <>
bool launch_warpgroups<IntegerCodes<1>>(TensorCoreInput x, const uint8_t* w, LinearShape shape, LinearOutput out, cudaStream_t stream) {
  using Kind = IntegerCodes<1>;
  return launch_fastest<WideTiles<Kind, 128, 2, 2, 1>, WideTiles<Kind, 128, 1, 2, 1>, WideTiles<Kind, 128, 1, 1, 2>, WideTiles<Kind, 64, 2, 2, 1>,
                        WideTiles<Kind, 64, 1, 2, 1>, WideTiles<Kind, 64, 1, 1, 2>>(x, w, shape, out, stream);
}

template <>
bool launch_warpgroups<IntegerCodes<2>>(TensorCoreInput x, const uint8_t* w, LinearShape shape, LinearOutput out, cudaStream_t stream) {
  using Kind = IntegerCodes<2>;
  return launch_fastest<WideTiles<Kind, 256, 1, 2, 1>, WideTiles<Kind, 128, 2, 2, 1>, WideTiles<Kind, 128, 1, 2, 1>, WideTiles<Kind, 128, 1, 1, 2>,
                        WideTiles<Kind, 64, 2, 2, 1>, WideTiles<Kind, 64, 1, 2, 1>, WideTiles<Kind, 64, 1, 1, 2>>(x, w, shape, out, stream);
}

}  // namespace octet
