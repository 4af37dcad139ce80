// What a linear op does with a sum: scales, bias, one rounding, in the order of the numeric contract.
#pragma once
#include "../numbers.cuh"

namespace octet {

struct LinearOutput {
  /** [m]: scales of quantized activations; null for float ones. */
  const float* row_scales;
  /** [n], or one for all; null for float weights and for weights in groups. */
  const float* scales;
  int32_t scale_stride;
  /** [n] or null. */
  const void* bias;
  DType bias_dtype;
  /** [m, n] */
  void* y;
  DType dtype;
  int64_t n;

  /** `sum` is fl32(T) in the exact modes: scaled from left to right, never fused. */
  __device__ __forceinline__ void store(int64_t row, int64_t column, float sum) const {
    float value = sum;
    if (row_scales != nullptr) value = __fmul_rn(value, row_scales[row]);
    if (scales != nullptr) value = __fmul_rn(value, scales[column * scale_stride]);
    if (bias != nullptr) value = __fadd_rn(value, load_float(bias, bias_dtype, column));
    store_float(y, dtype, row * n + column, value);
  }
};

/** The sizes of a linear op: y [m, n] = x [m, k] times w [n, k] transposed. */
struct LinearShape {
  int64_t m, n, k;
};

}  // namespace octet
