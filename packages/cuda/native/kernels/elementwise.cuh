// Ops whose elements do not know of each other: dequantize and activations. A thread writes 16 bytes.
#pragma once
#include "layout.cuh"

template <class T>
__device__ __forceinline__ void store_vector(typename T::Storage* target, const typename T::Storage (&elements)[per_vector<T>],
                                             int64_t count) {
  if (count >= per_vector<T>) {
    uint4 words;
    memcpy(&words, elements, 16);
    *reinterpret_cast<uint4*>(target) = words;
  } else {
#pragma unroll
    for (int i = 0; i < per_vector<T>; i++)
      if (i < count) target[i] = elements[i];
  }
}

/** fl32(code * scale), rounded once to T. */
template <class T>
__global__ void __launch_bounds__(step_threads)
    dequantize(const int8_t* __restrict__ codes, const float* __restrict__ scales, ScaleLayout layout,
               typename T::Storage* __restrict__ y) {
  constexpr int width = per_vector<T>;
  const int64_t size = layout.outer * layout.channels * layout.inner;
  const int64_t first = (int64_t(blockIdx.x) * step_threads + threadIdx.x) * width, left = size - first;
  if (left <= 0) return;
  int8_t bytes[width] = {};
  if (left >= width) {
    if constexpr (width == 8) {
      const uint2 words = __ldcs(reinterpret_cast<const uint2*>(codes + first));
      memcpy(bytes, &words, 8);
    } else {
      const uint32_t word = __ldcs(reinterpret_cast<const uint32_t*>(codes + first));
      memcpy(bytes, &word, 4);
    }
  } else {
    for (int i = 0; i < left; i++) bytes[i] = codes[first + i];
  }
  int64_t run = first / layout.inner, place = first % layout.inner;
  float scale = scales[run % layout.channels];
  typename T::Storage elements[width];
#pragma unroll
  for (int i = 0; i < width; i++) {
    elements[i] = T::narrow(__fmul_rn(__int2float_rn(bytes[i]), scale));
    if (++place == layout.inner && i + 1 < left) {
      place = 0;
      scale = scales[++run % layout.channels];
    }
  }
  store_vector<T>(y + first, elements, left);
}

/** The order of core's activationKinds. */
enum class ActivationKind : int32_t { relu = 0, gelu = 1, silu = 2 };

/** gelu is x * Phi(x) by way of erf, silu is x * sigmoid(x); both err by less than 2^-21 of |x|. NaN stays NaN, relu gives +0. */
__device__ __forceinline__ float activate(float x, ActivationKind kind) {
  switch (kind) {
    case ActivationKind::relu: return x > 0.f || x != x ? x : 0.f;
    case ActivationKind::gelu: return __fmul_rn(x, __fmaf_rn(0.5f, erff(__fmul_rn(x, 0.70710678f)), 0.5f));
    default: return __fdiv_rn(x, __fadd_rn(1.f, expf(-x)));
  }
}

template <class T>
__global__ void __launch_bounds__(step_threads)
    activation(const typename T::Storage* __restrict__ x, typename T::Storage* __restrict__ y, int64_t size, ActivationKind kind) {
  constexpr int width = per_vector<T>;
  const int64_t first = (int64_t(blockIdx.x) * step_threads + threadIdx.x) * width, left = size - first;
  if (left <= 0) return;
  const Vector<T> vector = load_vector<T>(x + first, left, left >= width);
  typename T::Storage elements[width];
#pragma unroll
  for (int i = 0; i < width; i++) elements[i] = T::narrow(activate(vector[i], kind));
  store_vector<T>(y + first, elements, left);
}
