// Scales and codes under any layout, in three steps: the largest magnitude of each channel, its scale, the codes.
//
// Maxima meet in an atomic of unsigned integers, which gives the same in any order. x is read twice: no more than 60 MB of it stay on the
// chip.
#pragma once
#include "../layout.cuh"

namespace octet {

/** Vectors of a thread of `absmax_runs` and of `assign_runs`, all on their way at once. */
constexpr int absmax_vectors = 8, assign_vectors = 2;
/** Outer steps that a thread of `absmax_columns` and of `assign_columns` has on their way at once. */
constexpr int absmax_steps = 4, assign_steps = 2;

/** One channel after another (outer is 1): a block reads a segment of one run of `inner` elements. gridDim.x: channels * segments. */
template <class T>
__global__ void __launch_bounds__(step_threads)
    absmax_runs(const typename T::Storage* __restrict__ x, int64_t inner, int64_t segments,
                uint32_t* __restrict__ maxima,  // [channels], zero before
                Finding* __restrict__ finding) {
  constexpr int width = per_vector<T>;
  const int64_t channel = blockIdx.x / segments, segment = blockIdx.x % segments, start = channel * inner;
  const bool aligned = inner % width == 0;
  const auto place_of = [&](int v) { return ((segment * absmax_vectors + v) * step_threads + threadIdx.x) * width; };
  Vector<T> vectors[absmax_vectors];
#pragma unroll
  for (int v = 0; v < absmax_vectors; v++) {
    const int64_t place = place_of(v), left = inner - place;
    vectors[v] = load_vector<T>(x + start + place, left, left >= width && (aligned || start == 0));
  }
  Magnitudes<T> found;
#pragma unroll
  for (int v = 0; v < absmax_vectors; v++) found.add(vectors[v]);
  if (found.largest() >= infinite_magnitude) {
#pragma unroll
    for (int v = 0; v < absmax_vectors; v++) report_infinite(vectors[v], start + place_of(v), finding);
  }
  const uint32_t largest = block_maximum<step_threads>(found.largest());
  if (threadIdx.x == 0 && largest != 0) atomicMax(&maxima[channel], largest);
}

/** Channels that come again (outer > 1). blockDim: a power of two of at most 32 lanes across, step_threads together. */
template <class T>
__global__ void __launch_bounds__(step_threads)
    absmax_columns(const typename T::Storage* __restrict__ x, Slabs slabs, Divisor inner,
                   uint32_t* __restrict__ maxima,  // [across / inner], zero before
                   Finding* __restrict__ finding) {
  constexpr int width = per_vector<T>;
  const SlabPlaces<T> own(slabs);
  const auto load = [&](int64_t o) {
    const bool there = o < own.end;
    return load_vector<T>(x + o * slabs.across + own.place, there ? own.count : 0, there && own.whole && own.count != 0);
  };
  Magnitudes<T> found;
#pragma unroll 1
  for (int64_t o = own.first; o < own.end; o += blockDim.y * absmax_steps) {
    Vector<T> vectors[absmax_steps];
#pragma unroll
    for (int s = 0; s < absmax_steps; s++) vectors[s] = load(o + s * blockDim.y);
#pragma unroll
    for (int s = 0; s < absmax_steps; s++) found.add(vectors[s]);
  }
  auto* meeting = shared_memory<uint32_t>();  // [blockDim.y][blockDim.x * width]
#pragma unroll
  for (int i = 0; i < width; i++) meeting[(threadIdx.y * blockDim.x + threadIdx.x) * width + i] = found.at(i);
  if (found.largest() >= infinite_magnitude) {
#pragma unroll 1
    for (int64_t o = own.first; o < own.end; o += blockDim.y) report_infinite(load(o), o * slabs.across + own.place, finding);
  }
  __syncthreads();
  const int64_t tile = own.place - int64_t(threadIdx.x) * width;
  const int together = int(blockDim.x) * width;
  for (int i = int(threadIdx.y * blockDim.x + threadIdx.x); i < together && tile + i < slabs.across; i += step_threads) {
    uint32_t most = 0;
    for (int y = 0; y < int(blockDim.y); y++) most = max(most, meeting[y * together + i]);
    int64_t rest;
    if (most != 0) atomicMax(&maxima[inner.divide(tile + i, rest)], most);
  }
}

/** Turns maxima into scales, in place: both are 32 bits. */
static __global__ void __launch_bounds__(step_threads) finish_scales(float* __restrict__ scales, int64_t channels, int32_t qmax) {
  const int64_t channel = int64_t(blockIdx.x) * step_threads + threadIdx.x;
  if (channel < channels) scales[channel] = scale_of(scales[channel], qmax);
}

/** Codes where outer is 1. The code of element e of channel c goes to place `e + c * skew`. */
template <class T, class Codes>
__global__ void __launch_bounds__(step_threads)
    assign_runs(const typename T::Storage* __restrict__ x, int64_t size, Divisor inner, int64_t skew, CodeRange range,
                const float* __restrict__ scales,  // [size / inner]
                Codes codes) {
  constexpr int width = per_vector<T>;
  Vector<T> vectors[assign_vectors];
  const auto place_of = [&](int v) { return ((int64_t(blockIdx.x) * assign_vectors + v) * step_threads + threadIdx.x) * width; };
#pragma unroll
  for (int v = 0; v < assign_vectors; v++) {
    const int64_t first = place_of(v), left = size - first;
    vectors[v] = load_vector<T>(x + first, left, left >= width);
  }
#pragma unroll
  for (int v = 0; v < assign_vectors; v++) {
    const int64_t first = place_of(v), left = size - first;
    if (left <= 0) return;
    int64_t place, channel = inner.divide(first, place);
    if (int64_t(inner.divisor) - place >= width && skew == 0) {
      int32_t values[width];
      codes_of(vectors[v], scales[channel], range, values);
      codes.store(first, values, left, left >= width);
      continue;
    }
#pragma unroll
    for (int i = 0; i < width; i++) {
      if (i >= left) break;
      const int32_t value[4] = {code_of(vectors[v][i], scales[channel], range)};
      codes.store(first + i + channel * skew, value, 1, false);
      if (++place == int64_t(inner.divisor)) place = 0, channel++;
    }
  }
}

/** Codes where outer is more than 1. blockDim: a power of two of lanes across, step_threads together. */
template <class T>
__global__ void __launch_bounds__(step_threads)
    assign_columns(const typename T::Storage* __restrict__ x, Slabs slabs, Divisor inner, CodeRange range,
                   const float* __restrict__ scales,  // [across / inner]
                   ByteCodes codes) {
  constexpr int width = per_vector<T>;
  const SlabPlaces<T> own(slabs);
  if (own.count == 0) return;
  float own_scales[width];
  own.load_scales(scales, inner, own_scales);
  const CodeScales<width> by(own_scales, range);
#pragma unroll 1
  for (int64_t o = own.first; o < own.end; o += blockDim.y * assign_steps) {
    Vector<T> vectors[assign_steps];
#pragma unroll
    for (int s = 0; s < assign_steps; s++) {
      const int64_t step = o + s * blockDim.y;
      vectors[s] = load_vector<T>(x + step * slabs.across + own.place, step < own.end ? own.count : 0, step < own.end && own.whole);
    }
#pragma unroll
    for (int s = 0; s < assign_steps; s++) {
      const int64_t step = o + s * blockDim.y;
      if (step >= own.end) break;
      int32_t values[width];
      by.codes_of(vectors[s], values);
      codes.store(step * slabs.across + own.place, values, own.count, own.whole);
    }
  }
}

}  // namespace octet
