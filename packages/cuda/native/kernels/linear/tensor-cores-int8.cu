#include "tensor-cores-launch.cuh"

namespace octet {

template void launch_tensor_cores<IntegerCodes<1>, true>(TensorCoreInput, const uint8_t*, LinearShape, LinearOutput, cudaStream_t);
template void launch_tensor_cores<IntegerCodes<1>, false>(TensorCoreInput, const uint8_t*, LinearShape, LinearOutput, cudaStream_t);

}  // namespace octet
