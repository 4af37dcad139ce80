#include "tensor-cores-launch.cuh"

namespace octet {

template void launch_tensor_cores<Bf16Codes, true>(TensorCoreInput, const uint8_t*, LinearShape, LinearOutput, cudaStream_t);

}  // namespace octet
