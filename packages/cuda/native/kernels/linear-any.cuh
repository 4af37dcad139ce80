// Linear for every combination of dtypes, shapes and alignments, in float32 on the ordinary units: float32 activations, weights in
// groups, and whatever tensor cores cannot take.
#pragma once
#include "linear-output.cuh"

constexpr int any_tile = 64;
constexpr int any_depth = 16;
constexpr int any_threads = 256;

/** A block makes a tile of 64 by 64, a thread 4 by 4 of it, 16 apart. */
static __global__ void __launch_bounds__(any_threads)
    linear_any(const void* __restrict__ x, DType x_dtype, AnyWeight w, LinearShape shape, LinearOutput out) {
  using Tile = float[any_depth][any_tile + 1];
  Tile& xs = shared_memory<Tile>()[0];
  Tile& ws = shared_memory<Tile>()[1];
  const int64_t m_tiles = (shape.m + any_tile - 1) / any_tile;
  const int64_t m0 = blockIdx.x % m_tiles * any_tile, n0 = blockIdx.x / m_tiles * any_tile;
  const int across = int(threadIdx.x) % 16, down = int(threadIdx.x) / 16;
  float sums[4][4] = {};
  for (int64_t k0 = 0; k0 < shape.k; k0 += any_depth) {
    for (int i = int(threadIdx.x); i < any_tile * any_depth; i += any_threads) {
      const int line = i / any_depth, step = i % any_depth;
      const bool in_k = k0 + step < shape.k;
      xs[step][line] = in_k && m0 + line < shape.m ? load_float(x, x_dtype, (m0 + line) * shape.k + k0 + step) : 0.f;
      ws[step][line] = in_k && n0 + line < shape.n ? w.at(n0 + line, k0 + step, shape.k) : 0.f;
    }
    __syncthreads();
#pragma unroll
    for (int step = 0; step < any_depth; step++) {
      float a[4], b[4];
#pragma unroll
      for (int i = 0; i < 4; i++) a[i] = xs[step][down + 16 * i], b[i] = ws[step][across + 16 * i];
#pragma unroll
      for (int i = 0; i < 4; i++)
#pragma unroll
        for (int j = 0; j < 4; j++) sums[i][j] = __fmaf_rn(a[i], b[j], sums[i][j]);
    }
    __syncthreads();
  }
#pragma unroll
  for (int i = 0; i < 4; i++)
#pragma unroll
    for (int j = 0; j < 4; j++) {
      const int64_t row = m0 + down + 16 * i, column = n0 + across + 16 * j;
      if (row < shape.m && column < shape.n) out.store(row, column, sums[i][j]);
    }
}

/** The most rows of x that `linear_any_few` takes. */
constexpr int any_few_rows = 8;

/** Four elements from `index`, in one load where `aligned` says that the address allows it. */
__device__ __forceinline__ void load_four(const void* data, DType dtype, int64_t index, bool aligned, float (&values)[4]) {
  if (!aligned) {
#pragma unroll
    for (int i = 0; i < 4; i++) values[i] = load_float(data, dtype, index + i);
  } else if (dtype == DType::float32) {
    const uint4 words = __ldg(reinterpret_cast<const uint4*>(static_cast<const float*>(data) + index));
    values[0] = __uint_as_float(words.x), values[1] = __uint_as_float(words.y);
    values[2] = __uint_as_float(words.z), values[3] = __uint_as_float(words.w);
  } else if (dtype == DType::int8) {
    const uint32_t word = __ldg(reinterpret_cast<const uint32_t*>(static_cast<const int8_t*>(data) + index));
#pragma unroll
    for (int i = 0; i < 4; i++) values[i] = __int2float_rn(int8_t(word >> 8 * i));
  } else {
    const uint2 words = __ldg(reinterpret_cast<const uint2*>(static_cast<const uint16_t*>(data) + index));
    const uint16_t bits[4] = {uint16_t(words.x), uint16_t(words.x >> 16), uint16_t(words.y), uint16_t(words.y >> 16)};
#pragma unroll
    for (int i = 0; i < 4; i++) values[i] = dtype == DType::float16 ? half_to_float(bits[i]) : Bfloat16::widen(bits[i]);
  }
}

/** A warp makes one column of y, for up to 8 rows. gridDim.x: n / 8. */
static __global__ void __launch_bounds__(any_threads)
    linear_any_few(const void* __restrict__ x, DType x_dtype, AnyWeight w, LinearShape shape, LinearOutput out) {
  const int lane = int(threadIdx.x) % 32;
  const int64_t column = int64_t(blockIdx.x) * (any_threads / 32) + threadIdx.x / 32;
  if (column >= shape.n) return;
  const bool aligned = shape.k % 4 == 0;
  const int64_t in_fours = shape.k / 4 * 4;
  float sums[any_few_rows] = {};
#pragma unroll 2
  for (int64_t k = lane * 4; k < in_fours; k += 128) {
    float weights[4];
    load_four(w.data, w.dtype, column * shape.k + k, aligned, weights);
    if (w.group_scales != nullptr) {
#pragma unroll
      for (int i = 0; i < 4; i++)
        weights[i] = __fmul_rn(weights[i], w.group_scales[column * (shape.k / w.group) + (k + i) / w.group]);
    }
#pragma unroll
    for (int row = 0; row < any_few_rows; row++) {
      if (row >= shape.m) break;
      float values[4];
      load_four(x, x_dtype, row * shape.k + k, aligned, values);
#pragma unroll
      for (int i = 0; i < 4; i++) sums[row] = __fmaf_rn(values[i], weights[i], sums[row]);
    }
  }
  const int64_t last = in_fours + lane;
#pragma unroll
  for (int row = 0; row < any_few_rows; row++) {
    if (row >= shape.m) break;
    if (last < shape.k)
      sums[row] = __fmaf_rn(load_float(x, x_dtype, row * shape.k + last), w.at(column, last, shape.k), sums[row]);
    for (int distance = 16; distance > 0; distance /= 2)
      sums[row] = __fadd_rn(sums[row], __shfl_xor_sync(0xFFFFFFFFu, sums[row], distance));
    if (lane == 0) out.store(row, column, sums[row]);
  }
}
