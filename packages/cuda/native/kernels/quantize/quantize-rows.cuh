// Scales and codes of rows that fit in shared memory: x is read once, by asynchronous copies, so that all of it is on its way at once.
//
// blockDim is (lanes per row, rows per block); lanes per row is a power of two. A thread minds the vectors of 16 bytes that it copied.
#pragma once
#include "../occupancy.cuh"
#include "../vectors.cuh"

namespace octet {

/** Vectors of a thread, at most. */
constexpr int row_vectors = 8;
constexpr int max_row_lanes = 512;

/** What the warps of a block tell each other lies before the rows. */
constexpr int row_partial_bytes = 128;

/** The longest row, in elements. */
template <class T>
constexpr int64_t longest_kept_row = int64_t(max_row_lanes) * row_vectors * per_vector<T>;

/** The largest of a row's lanes' values, in every lane. `partial` has one place per warp of the block. */
__device__ __forceinline__ uint32_t row_maximum(uint32_t value, uint32_t* partial) {
  const int lanes = int(blockDim.x);
  for (int distance = min(lanes, 32) / 2; distance > 0; distance /= 2)
    value = max(value, __shfl_xor_sync(0xFFFFFFFFu, value, distance));
  if (lanes <= 32) return value;
  const int warps = lanes / 32, first = int(threadIdx.y) * warps;
  if (threadIdx.x % 32 == 0) partial[first + threadIdx.x / 32] = value;
  __syncthreads();
  for (int warp = 0; warp < warps; warp++) value = max(value, partial[first + warp]);
  return value;
}

template <class T>
__device__ __forceinline__ Vector<T> kept_vector(const uint4* kept) {
  const uint4 words = *kept;
  Vector<T> vector;
  memcpy(&vector, &words, 16);
  return vector;
}

/** Code `c` of row `r` goes to place `r * pitch + c`. */
template <class T, class Codes>
__global__ void __launch_bounds__(max_row_lanes, is_small_multiprocessor ? 2 : 3)
    quantize_rows(const typename T::Storage* __restrict__ x,  // [rows, columns]
                  int64_t rows, int32_t columns, int64_t pitch, CodeRange range, Codes codes,
                  float* __restrict__ scales,  // [rows]
                  Finding* __restrict__ finding) {
  constexpr int width = per_vector<T>;
  const int64_t row = int64_t(blockIdx.x) * blockDim.y + threadIdx.y;
  const bool inside = row < rows;
  const int lanes = int(blockDim.x);
  const int64_t start = row * columns;
  const bool whole_loads = columns % width == 0, whole_stores = pitch % width == 0;
  const int vectors = (columns + width - 1) / width, own = inside ? vectors : 0;
  auto* partial = shared_memory<uint32_t>();
  uint4* kept = shared_memory<uint4>() + row_partial_bytes / 16 + int(threadIdx.y) * vectors;

  if (whole_loads) {
#pragma unroll 4
    for (int v = int(threadIdx.x); v < own; v += lanes) copy_async(kept + v, x + start + v * width, 16);
  } else {
#pragma unroll 1
    for (int v = int(threadIdx.x); v < own; v += lanes) {
      const Vector<T> vector = load_vector<T>(x + start + v * width, columns - v * width, false);
      memcpy(kept + v, &vector, 16);
    }
  }
  copy_async_commit();
  copy_async_wait<0>();
  Magnitudes<T> found;
#pragma unroll 4
  for (int v = int(threadIdx.x); v < own; v += lanes) found.add(kept_vector<T>(kept + v));
  const uint32_t largest = found.largest();
  if (largest >= infinite_magnitude) {
#pragma unroll 1
    for (int v = int(threadIdx.x); v < own; v += lanes) report_infinite(kept_vector<T>(kept + v), start + v * width, finding);
  }
  const float amax = __uint_as_float(row_maximum(largest, partial));
  if (!inside) return;
  const float scale = scale_of(amax, range.qmax);
  if (threadIdx.x == 0) scales[row] = scale;
#pragma unroll 2
  for (int v = int(threadIdx.x); v < vectors; v += lanes) {
    int32_t values[width];
    codes_of(kept_vector<T>(kept + v), scale, range, values);
    const int32_t column = v * width, left = columns - column;
    codes.store(row * pitch + column, values, left, whole_stores && left >= width);
  }
}

}  // namespace octet
