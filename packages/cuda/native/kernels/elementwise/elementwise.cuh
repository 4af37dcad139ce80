// Ops whose elements do not know of each other: dequantize and activations. A thread writes 16 bytes.
#pragma once
#include "../layout.cuh"

namespace octet {

template <class T>
__device__ __forceinline__ void store_vector(typename T::Storage* target, const typename T::Storage (&elements)[per_vector<T>],
                                             int64_t count, bool whole) {
  if (whole) {
    uint4 words;
    memcpy(&words, elements, 16);
    *reinterpret_cast<uint4*>(target) = words;
  } else {
#pragma unroll
    for (int i = 0; i < per_vector<T>; i++)
      if (i < count) target[i] = elements[i];
  }
}

/** Codes that become 16 bytes: `count` of them, the rest zero. One load when `whole` says that all are there and the address allows it. */
template <class T>
__device__ __forceinline__ void load_bytes(const int8_t* source, int64_t count, bool whole, int8_t (&bytes)[per_vector<T>]) {
  if (whole) {
    if constexpr (per_vector<T> == 8) {
      const uint2 words = __ldcs(reinterpret_cast<const uint2*>(source));
      memcpy(bytes, &words, 8);
    } else {
      const uint32_t word = __ldcs(reinterpret_cast<const uint32_t*>(source));
      memcpy(bytes, &word, 4);
    }
  } else {
#pragma unroll
    for (int i = 0; i < per_vector<T>; i++) bytes[i] = i < count ? source[i] : int8_t(0);
  }
}

/** Vectors that a thread of `dequantize_runs` has on their way at once, and outer steps of `dequantize_columns`. */
constexpr int run_vectors = 2, column_steps = 4;

/** fl32(code * scale), rounded once to T. Channels are runs (outer is 1). */
template <class T>
__global__ void __launch_bounds__(step_threads)
    dequantize_runs(const int8_t* __restrict__ codes, const float* __restrict__ scales, int64_t size, Divisor inner,
                    typename T::Storage* __restrict__ y) {
  constexpr int width = per_vector<T>;
  int8_t bytes[run_vectors][width];
  const auto place_of = [&](int v) { return ((int64_t(blockIdx.x) * run_vectors + v) * step_threads + threadIdx.x) * width; };
#pragma unroll
  for (int v = 0; v < run_vectors; v++) {
    const int64_t left = size - place_of(v);
    load_bytes<T>(codes + place_of(v), left, left >= width, bytes[v]);
  }
#pragma unroll
  for (int v = 0; v < run_vectors; v++) {
    const int64_t first = place_of(v), left = size - first;
    if (left <= 0) return;
    int64_t place, channel = inner.divide(first, place);
    const bool one_channel = int64_t(inner.divisor) - place >= width;
    float scale = scales[channel];
    typename T::Storage elements[width];
#pragma unroll
    for (int i = 0; i < width; i++) {
      elements[i] = T::narrow(__fmul_rn(__int2float_rn(bytes[v][i]), scale));
      if (!one_channel && ++place == int64_t(inner.divisor) && i + 1 < left) place = 0, scale = scales[++channel];
    }
    store_vector<T>(y + first, elements, left, left >= width);
  }
}

/** The same where channels come again (outer is more than 1). */
template <class T>
__global__ void __launch_bounds__(step_threads, 4)
    dequantize_columns(const int8_t* __restrict__ codes, const float* __restrict__ scales, Slabs slabs, Divisor inner,
                       typename T::Storage* __restrict__ y) {
  constexpr int width = per_vector<T>;
  const SlabPlaces<T> own(slabs);
  if (own.count == 0) return;
  float own_scales[width];
  own.load_scales(scales, inner, own_scales);
#pragma unroll 1
  for (int64_t o = own.first; o < own.end; o += blockDim.y * column_steps) {
    int8_t bytes[column_steps][width];
#pragma unroll
    for (int s = 0; s < column_steps; s++) {
      const int64_t step = o + s * blockDim.y;
      load_bytes<T>(codes + step * slabs.across + own.place, step < own.end ? own.count : 0, step < own.end && own.whole, bytes[s]);
    }
#pragma unroll
    for (int s = 0; s < column_steps; s++) {
      const int64_t step = o + s * blockDim.y;
      if (step >= own.end) break;
      typename T::Storage elements[width];
#pragma unroll
      for (int i = 0; i < width; i++) elements[i] = T::narrow(__fmul_rn(__int2float_rn(bytes[s][i]), own_scales[i]));
      store_vector<T>(y + step * slabs.across + own.place, elements, own.count, own.whole);
    }
  }
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
  start_dependents();
  constexpr int width = per_vector<T>;
  const int64_t first = (int64_t(blockIdx.x) * step_threads + threadIdx.x) * width, left = size - first;
  if (left <= 0) return;
  const Vector<T> vector = load_vector<T>(x + first, left, left >= width);
  typename T::Storage elements[width];
#pragma unroll
  for (int i = 0; i < width; i++) elements[i] = T::narrow(activate(vector[i], kind));
  store_vector<T>(y + first, elements, left, left >= width);
}

}  // namespace octet
