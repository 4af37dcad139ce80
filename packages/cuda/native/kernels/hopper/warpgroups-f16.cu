#include "warpgroups-codes.cuh"

namespace octet {

template bool launch_warpgroups<F16Codes>(TensorCoreInput, const uint8_t*, LinearShape, LinearOutput, cudaStream_t);

}  // namespace octet
