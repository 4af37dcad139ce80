// Linear for up to 16 rows of x: weights go from memory to tensor cores through registers alone, row-major as they are.
//
// Weights are operand A, 16 of their rows at a time, tokens are the columns of one or two B, 8 each: the cost is the same for 1 row and
// for 8. The warps of a block share K; their sums meet in shared memory, in a fixed order.
#pragma once
#include "linear-kinds.cuh"
#include "occupancy.cuh"

constexpr int few_warps = 8;
constexpr int few_threads = few_warps * 32;
/** Rows of x in an operand. */
constexpr int token_rows = 8;
/** The most rows of x. */
constexpr int few_rows = 2 * token_rows;
/** Elements along K that a warp takes at once: 16 for each lane of a group. */
constexpr int chunk = 64;

/** Bytes of shared memory. */
template <class Kind, int TILES, int TOKENS>
constexpr int few_shared_bytes = few_warps* Kind::planes* TILES * 16 * (TOKENS * token_rows + 1) * 4;

/** TILES times 16 columns and up to TOKENS times 8 rows of y per block. gridDim.x: n / (16 * TILES). */
template <class Kind, int TILES, int TOKENS, bool ALIGNED>
__global__ void __launch_bounds__(few_threads, TILES == 1 && TOKENS == 1 && target_gpu != 100 ? 3 : 2)
    linear_few(TensorCoreInput x, const uint8_t* __restrict__ w, LinearShape shape, LinearOutput out) {
  using Sum = typename Kind::Sum;
  constexpr int weight_words = 4 * Kind::weight_bytes, x_words = 4 * Kind::activation_bytes, planes = Kind::planes;
  // Loads of weights on their way at once, 16 bytes each: 8 per thread.
  constexpr int unroll = 4 / TILES / Kind::weight_bytes > 0 ? 4 / TILES / Kind::weight_bytes : 1;
  const int warp = int(threadIdx.x) / 32, lane = int(threadIdx.x) % 32, group = lane / 4, t = lane % 4;
  const int64_t n0 = int64_t(blockIdx.x) * (16 * TILES), k = shape.k;
  const int chunks = int((k + chunk - 1) / chunk);
  const uint8_t* x_column = x.data + t * 16 * Kind::activation_bytes;
  const uint8_t* rows[TILES][2];
#pragma unroll
  for (int tile = 0; tile < TILES; tile++)
#pragma unroll
    for (int half = 0; half < 2; half++) {
      const int64_t row = min(n0 + tile * 16 + half * 8 + group, shape.n - 1);
      rows[tile][half] = w + (row * k + t * 16) * Kind::weight_bytes;
    }

  Sum sums[TILES][TOKENS][planes][4] = {};
  for (int first = warp * unroll; first < chunks; first += few_warps * unroll) {
    uint32_t raw[unroll][TILES][2][weight_words];
#pragma unroll
    for (int u = 0; u < unroll; u++)
#pragma unroll
      for (int tile = 0; tile < TILES; tile++)
#pragma unroll
        for (int half = 0; half < 2; half++) {
          const int64_t start = int64_t(first + u) * chunk;
          load_weights<weight_words, ALIGNED>(rows[tile][half] + start * Kind::weight_bytes, k - start - t * 16, raw[u][tile][half]);
        }
#pragma unroll
    for (int u = 0; u < unroll; u++) {
      if (first + u >= chunks) break;
      const int64_t start = int64_t(first + u) * chunk;
#pragma unroll
      for (int tokens = 0; tokens < TOKENS; tokens++) {
        const int row = tokens * token_rows + group;
        const bool there = row < shape.m && start + t * 16 < k;
        const uint8_t* x_row = x_column + (there ? row * x.row_bytes + start * Kind::activation_bytes : 0);
        uint32_t values[planes][x_words];
#pragma unroll
        for (int plane = 0; plane < planes; plane++) load_words(x_row + plane * x.plane_bytes, there, values[plane]);
#pragma unroll
        for (int step = 0; step < Kind::step_count; step++)
#pragma unroll
          for (int tile = 0; tile < TILES; tile++) {
            uint32_t a[4];
            Kind::expand(raw[u][tile][0], step, a[0], a[2]);
            Kind::expand(raw[u][tile][1], step, a[1], a[3]);
#pragma unroll
            for (int plane = 0; plane < planes; plane++) {
              const uint32_t b[2] = {values[plane][2 * step], values[plane][2 * step + 1]};
              Kind::multiply(sums[tile][tokens][plane], a, b);
            }
          }
      }
    }
  }

  constexpr int y_rows = TOKENS * token_rows;
  using Part = Sum[planes][16 * TILES][y_rows + 1];
  Part* parts = shared_memory<Part>();  // one per warp
#pragma unroll
  for (int tile = 0; tile < TILES; tile++)
#pragma unroll
    for (int tokens = 0; tokens < TOKENS; tokens++)
#pragma unroll
      for (int plane = 0; plane < planes; plane++)
#pragma unroll
        for (int r = 0; r < 4; r++)
          parts[warp][plane][tile * 16 + group + 8 * (r / 2)][tokens * token_rows + t * 2 + r % 2] = sums[tile][tokens][plane][r];
  __syncthreads();
#pragma unroll 1
  for (int i = int(threadIdx.x); i < 16 * TILES * y_rows; i += few_threads) {
    const int column = i % (16 * TILES), row = i / (16 * TILES);
    if (row >= shape.m || n0 + column >= shape.n) continue;
    Sum totals[planes];
#pragma unroll
    for (int plane = 0; plane < planes; plane++) {
      totals[plane] = Sum(0);
#pragma unroll
      for (int part = 0; part < few_warps; part++) totals[plane] += parts[part][plane][column][row];
    }
    out.store(row, n0 + column, sum_to_float(totals));
  }
}
