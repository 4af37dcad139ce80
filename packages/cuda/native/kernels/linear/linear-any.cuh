// Linear for every combination of dtypes, shapes and alignments, in float32 on the ordinary units: float32 activations, weights in
// groups, and whatever tensor cores cannot take.
#pragma once
#include "linear-output.cuh"
#include "../vectors.cuh"

namespace octet {

/** Codes as a type of weights. */
struct Int8 {
  using Storage = int8_t;
  static __device__ __forceinline__ float widen(int8_t code) { return __int2float_rn(code); }
};

/** Scales of codes in groups of `size` along K, [n, k / size]; null where a scale belongs to a whole row. */
struct GroupScales {
  const float* scales;
  int32_t size, per_row;

  __device__ __forceinline__ float apply(float value, int64_t row, int32_t column) const {
    return scales == nullptr ? value : __fmul_rn(value, scales[row * per_row + column / size]);
  }
};

constexpr int any_tile = 64;
constexpr int any_depth = 16;
constexpr int any_threads = 256;
/** Two tiles of operands while sums are made, then one of sums. */
constexpr size_t any_shared_bytes = any_tile * any_tile * sizeof(float);
static_assert(2 * any_depth * (any_tile + 1) * sizeof(float) <= any_shared_bytes, "the operands fit where the sums go");

/** A block makes a tile of 64 by 64, a thread 4 by 4 of it, 16 apart. */
template <class X, class W>
__global__ void __launch_bounds__(any_threads)
    linear_any(const typename X::Storage* __restrict__ x, const typename W::Storage* __restrict__ w, GroupScales groups, LinearShape shape,
               LinearOutput out) {
  using Tile = float[any_depth][any_tile + 1];
  Tile& xs = shared_memory<Tile>()[0];
  Tile& ws = shared_memory<Tile>()[1];
  const int64_t m_tiles = (shape.m + any_tile - 1) / any_tile;
  const int64_t m0 = blockIdx.x % m_tiles * any_tile, n0 = blockIdx.x / m_tiles * any_tile;
  const int across = int(threadIdx.x) % 16, down = int(threadIdx.x) / 16, k = int(shape.k);
  float sums[4][4] = {};
  for (int k0 = 0; k0 < k; k0 += any_depth) {
    const int column = k0 + across;
#pragma unroll
    for (int i = 0; i < 4; i++) {
      const int line = down + 16 * i;
      const int64_t row = m0 + line, channel = n0 + line;
      xs[across][line] = column < k && row < shape.m ? X::widen(x[row * k + column]) : 0.f;
      ws[across][line] = column < k && channel < shape.n ? groups.apply(W::widen(w[channel * k + column]), channel, column) : 0.f;
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
  // By way of shared memory: one copy of what stores, whose many cases a compiler would multiply with each other.
  float* tile = shared_memory<float>();
#pragma unroll
  for (int i = 0; i < 4; i++)
#pragma unroll
    for (int j = 0; j < 4; j++) tile[(down + 16 * i) * any_tile + across + 16 * j] = sums[i][j];
  __syncthreads();
#pragma unroll 1
  for (int i = int(threadIdx.x); i < any_tile * any_tile; i += any_threads) {
    const int64_t row = m0 + i / any_tile, column = n0 + i % any_tile;
    if (row < shape.m && column < shape.n) out.store(row, column, tile[i]);
  }
}

/** The most rows of x that `linear_any_few` takes. */
constexpr int any_few_rows = 8;

/** Four neighbours in one load; their address is a multiple of their size. */
template <class T>
__device__ __forceinline__ void load_four(const typename T::Storage* source, float (&values)[4]) {
  struct alignas(4 * sizeof(typename T::Storage)) Four {
    typename T::Storage elements[4];
  };
  const Four four = *reinterpret_cast<const Four*>(source);
#pragma unroll
  for (int i = 0; i < 4; i++) values[i] = T::widen(four.elements[i]);
}

/** A warp makes one column of y, for up to 8 rows. gridDim.x: n / 8. */
template <class X, class W>
__global__ void __launch_bounds__(any_threads, 2)
    linear_any_few(const typename X::Storage* __restrict__ x, const typename W::Storage* __restrict__ w, GroupScales groups,
                   LinearShape shape, LinearOutput out) {
  const int lane = int(threadIdx.x) % 32, k = int(shape.k), m = int(shape.m);
  const int64_t column = int64_t(blockIdx.x) * (any_threads / 32) + threadIdx.x / 32;
  if (column >= shape.n) return;
  const typename W::Storage* weights = w + column * k;
  // Rows start on four elements or not; those that do not are read one by one.
  const int in_fours = k % 4 == 0 ? k : 0;
  float sums[any_few_rows] = {};
  for (int place = lane * 4; place < in_fours; place += 128) {
    float b[4];
    load_four<W>(weights + place, b);
#pragma unroll
    for (int i = 0; i < 4; i++) b[i] = groups.apply(b[i], column, place + i);
#pragma unroll
    for (int row = 0; row < any_few_rows; row++) {
      float a[4];
      // The last row again where there are fewer: a load is cheaper than a branch, and its sum is not stored.
      load_four<X>(x + int64_t(min(row, m - 1)) * k + place, a);
#pragma unroll
      for (int i = 0; i < 4; i++) sums[row] = __fmaf_rn(a[i], b[i], sums[row]);
    }
  }
  for (int place = in_fours + lane; place < k; place += 32) {
    const float b = groups.apply(W::widen(weights[place]), column, place);
#pragma unroll
    for (int row = 0; row < any_few_rows; row++)
      sums[row] = __fmaf_rn(X::widen(x[int64_t(min(row, m - 1)) * k + place]), b, sums[row]);
  }
  // Lane r keeps and stores row r.
  float kept = 0.f;
#pragma unroll
  for (int row = 0; row < any_few_rows; row++) {
    float sum = sums[row];
    for (int distance = row < m ? 16 : 0; distance > 0; distance /= 2) sum = __fadd_rn(sum, __shfl_xor_sync(0xFFFFFFFFu, sum, distance));
    kept = lane == row ? sum : kept;
  }
  if (lane < m) out.store(lane, column, kept);
}

}  // namespace octet
