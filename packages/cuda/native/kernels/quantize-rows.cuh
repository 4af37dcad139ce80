// Scales and codes of rows that fit in a block's registers: x is read once.
//
// blockDim is (lanes per row, rows per block); lanes per row is a power of two. A thread keeps `row_vectors` vectors of 16 bytes.
#pragma once
#include "vectors.cuh"

constexpr int row_vectors = 8;
constexpr int max_row_lanes = 512;

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

/** Code `c` of row `r` goes to place `r * pitch + c`. */
template <class T, class Codes>
__global__ void __launch_bounds__(max_row_lanes)
    quantize_rows(const typename T::Storage* __restrict__ x,  // [rows, columns]
                  int64_t rows, int32_t columns, int64_t pitch, CodeRange range, Codes codes,
                  float* __restrict__ scales,  // [rows]
                  Fault* __restrict__ fault) {
  constexpr int width = per_vector<T>;
  const int64_t row = int64_t(blockIdx.x) * blockDim.y + threadIdx.y;
  const bool inside = row < rows;
  const int lanes = int(blockDim.x);
  const int64_t start = row * columns;
  const bool whole_loads = columns % width == 0, whole_stores = pitch % width == 0;

  Vector<T> kept[row_vectors];
  uint32_t largest = 0;
#pragma unroll
  for (int v = 0; v < row_vectors; v++) {
    const int64_t column = int64_t(v * lanes + int(threadIdx.x)) * width;
    const int64_t left = inside ? columns - column : 0;
    kept[v] = load_vector<T>(x + (left > 0 ? start + column : 0), left, whole_loads && left > 0);
#pragma unroll
    for (int i = 0; i < width; i++) largest = max(largest, magnitude_of(kept[v][i]));
  }
  if (largest >= infinite_magnitude) {
#pragma unroll
    for (int v = 0; v < row_vectors; v++)
#pragma unroll
      for (int i = 0; i < width; i++)
        if (magnitude_of(kept[v][i]) >= infinite_magnitude)
          report(fault, start + int64_t(v * lanes + int(threadIdx.x)) * width + i);
  }
  const float amax = __uint_as_float(row_maximum(largest, shared_memory<uint32_t>()));
  if (!inside) return;
  const float scale = scale_of(amax, range.qmax);
  if (threadIdx.x == 0) scales[row] = scale;
#pragma unroll
  for (int v = 0; v < row_vectors; v++) {
    const int64_t column = int64_t(v * lanes + int(threadIdx.x)) * width, left = columns - column;
    if (left <= 0) break;
    // x stays packed between its two uses: widened it would not fit in registers.
    uint4 words;
    memcpy(&words, &kept[v], 16);
    forget(words);
    memcpy(&kept[v], &words, 16);
    int32_t values[width];
#pragma unroll
    for (int i = 0; i < width; i++) values[i] = code_of(kept[v][i], scale, range);
    codes.store(row * pitch + column, values, left, whole_stores && left >= width);
  }
}
