#include "tensor-cores-launch.cuh"

namespace octet {

template void launch_tensor_cores<F16Floats, true>(TensorCoreInput, const uint8_t*, LinearShape, LinearOutput, cudaStream_t);
template void launch_tensor_cores<Bf16Floats, true>(TensorCoreInput, const uint8_t*, LinearShape, LinearOutput, cudaStream_t);

}  // namespace octet
