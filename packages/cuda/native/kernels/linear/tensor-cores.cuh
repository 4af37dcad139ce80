// Linear on tensor cores. Each kind is compiled in a file of its own, tensor-cores-*.cu: they take most of the time of a build.
#pragma once
#include "../launch-support.cuh"
#include "linear-many.cuh"

namespace octet {

/** Multiplies. ALIGNED: rows of the weights start on 16 bytes. */
template <class Kind, bool ALIGNED>
void launch_tensor_cores(TensorCoreInput x, const uint8_t* w, LinearShape shape, LinearOutput out, cudaStream_t stream);

/** The same by Hopper's warpgroups: false, and nothing launched, where the GPU has none. Rows of the weights start on 16 bytes. */
template <class Kind>
#ifdef OCTET_EMULATED_BUILD
bool launch_warpgroups(TensorCoreInput, const uint8_t*, LinearShape, LinearOutput, cudaStream_t) {
  return false;
}
#else
bool launch_warpgroups(TensorCoreInput x, const uint8_t* w, LinearShape shape, LinearOutput out, cudaStream_t stream);
#endif

}  // namespace octet
