// Dtypes, and the roundings of the numeric contract (docs/numerics.md).
#pragma once
#include "primitives.cuh"

namespace octet {

/** The order of core's floatDTypes. */
enum class DType : int32_t { float32 = 0, float16 = 1, bfloat16 = 2, int8 = 3 };

struct Float32 {
  using Storage = float;
  static __device__ __forceinline__ float widen(float value) { return value; }
  static __device__ __forceinline__ float narrow(float value) { return value; }
};

struct Float16 {
  using Storage = uint16_t;
  static __device__ __forceinline__ float widen(uint16_t bits) { return half_to_float(bits); }
  static __device__ __forceinline__ uint16_t narrow(float value) { return float_to_half(value); }
};

struct Bfloat16 {
  using Storage = uint16_t;
  static __device__ __forceinline__ float widen(uint16_t bits) { return __uint_as_float(uint32_t(bits) << 16); }
  static __device__ __forceinline__ uint16_t narrow(float value) { return float_to_bfloat16(value); }
};

/** Element `index` of an array of any dtype, as float32, exactly. */
__device__ __forceinline__ float load_float(const void* data, DType dtype, int64_t index) {
  switch (dtype) {
    case DType::float32: return static_cast<const float*>(data)[index];
    case DType::float16: return half_to_float(static_cast<const uint16_t*>(data)[index]);
    case DType::bfloat16: return Bfloat16::widen(static_cast<const uint16_t*>(data)[index]);
    default: return __int2float_rn(static_cast<const int8_t*>(data)[index]);
  }
}

/** Rounds once, to nearest even, and stores. */
__device__ __forceinline__ void store_float(void* data, DType dtype, int64_t index, float value) {
  if (dtype == DType::float32) static_cast<float*>(data)[index] = value;
  else static_cast<uint16_t*>(data)[index] = dtype == DType::float16 ? float_to_half(value) : float_to_bfloat16(value);
}

/** The codes that a quantization may use: `qmax` divides the maximum, codes are clamped to `lowest` .. `qmax`. */
struct CodeRange {
  int32_t qmax, lowest;
};

__device__ __forceinline__ float scale_of(float amax, int32_t qmax) {
  const float scale = __fdiv_rn(amax, __int2float_rn(qmax));
  return scale == 0.f ? 1.f : scale;
}

/** The magnitude of a largest magnitude in T's own bits. */
template <class T>
__device__ __forceinline__ uint32_t widen_magnitude(uint32_t magnitude) {
  if constexpr (sizeof(typename T::Storage) == 4) return magnitude;
  else return __float_as_uint(T::widen(uint16_t(magnitude)));
}

/** clamp(rne(fl32(value / scale))): the quotient is rounded to float32 before it is rounded to an integer. */
__device__ __forceinline__ int32_t code_of(float value, float scale, CodeRange range) {
  return min(max(__float2int_rn(__fdiv_rn(value, scale)), range.lowest), range.qmax);
}

/** Gives codes as code_of does, at a third of its cost: of values that share a scale, or have SCALES of them, one each. */
template <int SCALES>
class CodeScales {
 public:
  __device__ __forceinline__ CodeScales(const float (&scales)[SCALES], CodeRange range) : range_(range) {
    bool near = range.lowest <= -range.qmax;
#pragma unroll
    for (int i = 0; i < SCALES; i++) {
      scales_[i] = scales[i];
      reciprocals_[i] = __fdiv_rn(1.f, scales[i]);
      near = near && scales[i] > 0x1p-100f && scales[i] < 0x1p100f;
    }
    // By the reciprocal a quotient errs by less than 4 * 2^-24 of qmax. Only near the middle between two codes can that change the code:
    // there, and where the reciprocal is not so near, division decides.
    doubtful_ = near ? __fmaf_rn(__int2float_rn(range.qmax), -0x1p-20f, 0.5f) : -1.f;
  }

  template <int COUNT, class Values>
  __device__ __forceinline__ void codes_of(const Values& values, int32_t (&codes)[COUNT]) const {
    static_assert(SCALES == 1 || SCALES == COUNT, "one scale for all, or one for each");
    constexpr float rounder = 12582912.f;
    float farthest = 0.f;
#pragma unroll
    for (int i = 0; i < COUNT; i++) {
      const float reciprocal = reciprocals_[i % SCALES], rounded = __fmaf_rn(values[i], reciprocal, rounder);
      farthest = fmaxf(farthest, fabsf(__fmaf_rn(values[i], reciprocal, -__fsub_rn(rounded, rounder))));
      codes[i] = int32_t(__float_as_uint(rounded) - __float_as_uint(rounder));
    }
    if (farthest < doubtful_) return;
#pragma unroll
    for (int i = 0; i < COUNT; i++) codes[i] = code_of(values[i], scales_[i % SCALES], range_);
  }

 private:
  float scales_[SCALES], reciprocals_[SCALES];
  /** How far a quotient may lie from an integer before division decides. */
  float doubtful_;
  CodeRange range_;
};

/** The codes of COUNT values of one scale. */
template <int COUNT, class Values>
__device__ __forceinline__ void codes_of(const Values& values, float scale, CodeRange range, int32_t (&codes)[COUNT]) {
  CodeScales<1>({scale}, range).codes_of(values, codes);
}

/** |value| as an integer that orders like it, with infinity and NaN above every finite number. */
__device__ __forceinline__ uint32_t magnitude_of(float value) { return __float_as_uint(value) & 0x7FFFFFFFu; }
constexpr uint32_t infinite_magnitude = 0x7F800000u;

/** What a launch found that is not finite; all zero when nothing. The same in every run, whatever the order of threads. */
struct Finding {
  /** The bitwise complement of the lowest flat index, so that a maximum finds it. */
  unsigned long long inverted_first;
  unsigned long long count;
};

__device__ __forceinline__ void report(Finding* finding, int64_t index) {
  atomicMax(&finding->inverted_first, ~static_cast<unsigned long long>(index));
  atomicAdd(&finding->count, 1ull);
}

}  // namespace octet
