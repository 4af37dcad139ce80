// Linear on tensor cores. Each kind is compiled in a file of its own, tensor-cores-*.cu: they take most of the time of a build.
#pragma once
#include "launch-support.cuh"
#include "linear-many.cuh"

namespace octet {

/** Multiplies. ALIGNED: rows of the weights start on 16 bytes. */
template <class Kind, bool ALIGNED>
void launch_tensor_cores(TensorCoreInput x, const uint8_t* w, LinearShape shape, LinearOutput out, cudaStream_t stream);

}  // namespace octet
