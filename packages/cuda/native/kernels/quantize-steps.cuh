// Scales and codes under any layout, in three steps: the largest magnitude of each channel, its scale, the codes.
//
// Maxima meet in an atomic of unsigned integers, which gives the same in any order.
#pragma once
#include "layout.cuh"

/** Vectors of a run that one thread of `absmax_runs` reads. */
constexpr int run_vectors = 8;

/** One channel after another (outer is 1): a block reads a segment of one run of `inner` elements. gridDim.x: channels * segments. */
template <class T>
__global__ void __launch_bounds__(step_threads)
    absmax_runs(const typename T::Storage* __restrict__ x, int64_t inner, int64_t segments,
                uint32_t* __restrict__ maxima,  // [channels], zero before
                Fault* __restrict__ fault) {
  constexpr int width = per_vector<T>;
  const int64_t channel = blockIdx.x / segments, segment = blockIdx.x % segments, start = channel * inner;
  const bool aligned = inner % width == 0;
  uint32_t largest = 0;
#pragma unroll
  for (int v = 0; v < run_vectors; v++) {
    const int64_t place = ((segment * run_vectors + v) * step_threads + threadIdx.x) * width, left = inner - place;
    if (left <= 0) break;
    const Vector<T> vector = load_vector<T>(x + start + place, left, aligned || (start == 0 && left >= width));
#pragma unroll
    for (int i = 0; i < width; i++) {
      const uint32_t magnitude = magnitude_of(vector[i]);
      if (magnitude >= infinite_magnitude) report(fault, start + place + i);
      largest = max(largest, magnitude);
    }
  }
  for (int distance = 16; distance > 0; distance /= 2)
    largest = max(largest, __shfl_xor_sync(0xFFFFFFFFu, largest, distance));
  if (threadIdx.x % 32 == 0 && largest != 0) atomicMax(&maxima[channel], largest);
}

/** Channels that come again (outer > 1): a thread follows one place of `channels * inner` through a slab of `depth` outer steps. */
template <class T>
__global__ void __launch_bounds__(step_threads)
    absmax_columns(const typename T::Storage* __restrict__ x, ScaleLayout layout, int64_t depth,
                   uint32_t* __restrict__ maxima,  // [channels], zero before
                   Fault* __restrict__ fault) {
  const int64_t across = layout.channels * layout.inner, tiles = (across + step_threads - 1) / step_threads;
  const int64_t place = blockIdx.x % tiles * step_threads + threadIdx.x, first = blockIdx.x / tiles * depth;
  if (place >= across) return;
  uint32_t largest = 0;
#pragma unroll 4
  for (int64_t o = first; o < min(first + depth, layout.outer); o++) {
    const uint32_t magnitude = magnitude_of(T::widen(x[o * across + place]));
    if (magnitude >= infinite_magnitude) report(fault, o * across + place);
    largest = max(largest, magnitude);
  }
  if (largest != 0) atomicMax(&maxima[place / layout.inner], largest);
}

/** Turns maxima into scales, in place: both are 32 bits. */
static __global__ void __launch_bounds__(step_threads) finish_scales(float* __restrict__ scales, int64_t channels, int32_t qmax) {
  const int64_t channel = int64_t(blockIdx.x) * step_threads + threadIdx.x;
  if (channel < channels) scales[channel] = scale_of(scales[channel], qmax);
}

/** Codes of 16 bytes of x per thread. The code of element e of channel c goes to place `e + c * skew`; skew is 0 unless outer is 1. */
template <class T, class Codes>
__global__ void __launch_bounds__(step_threads)
    assign_codes(const typename T::Storage* __restrict__ x, ScaleLayout layout, int64_t skew, CodeRange range,
                 const float* __restrict__ scales,  // [channels]
                 Codes codes) {
  constexpr int width = per_vector<T>;
  const int64_t size = layout.outer * layout.channels * layout.inner;
  const int64_t first = (int64_t(blockIdx.x) * step_threads + threadIdx.x) * width, left = size - first;
  if (left <= 0) return;
  const Vector<T> vector = load_vector<T>(x + first, left, left >= width);
  int64_t run = first / layout.inner, place = first % layout.inner;
  const int64_t channel = run % layout.channels;
  if (layout.inner - place >= width && skew == 0) {
    const float scale = scales[channel];
    int32_t values[width];
    codes_of(vector, scale, range, values);
    codes.store(first, values, left, left >= width);
    return;
  }
#pragma unroll
  for (int i = 0; i < width; i++) {
    if (i >= left) break;
    const int64_t c = run % layout.channels;
    const int32_t value[4] = {code_of(vector[i], scales[c], range)};
    codes.store(first + i + c * skew, value, 1, false);
    if (++place == layout.inner) place = 0, run++;
  }
}
