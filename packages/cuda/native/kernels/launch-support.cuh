// Helps the functions that launch kernels.
#pragma once
#include "platform.cuh"
// The platform decides what CUDA is, so it comes first.
#include "launch.h"
#include "numbers.cuh"

namespace octet {

/** Calls `visit` with the type of a float dtype. */
template <class Visit>
void with_float(int dtype, Visit visit) {
  switch (DType(dtype)) {
    case DType::float32: return visit(Float32{});
    case DType::float16: return visit(Float16{});
    default: return visit(Bfloat16{});
  }
}

inline unsigned blocks(int64_t count, int64_t per_block) { return unsigned(divide_up(count, per_block)); }

}  // namespace octet
