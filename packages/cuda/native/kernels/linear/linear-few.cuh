// Linear for up to 16 rows of x: weights stream from memory through a ring in shared memory to tensor cores, row-major as they are.
//
// Weights are operand A, 16 of their rows at a time, tokens are the columns of one or two B, 8 each: the cost is the same for 1 row and
// for 8. The warps of a block share K; their sums meet in shared memory, in a fixed order.
//
// A thread multiplies what it copied itself, so that the ring needs no barrier: asynchronous copies keep 192 KB on their way per
// multiprocessor, whatever the warps do meanwhile. A warp takes 128 neighbours of a row, one line of the L2 cache, at a time: half
// lines cost a quarter of the bandwidth.
#pragma once
#include "linear-kinds.cuh"

namespace octet {

/** Rows of x in an operand. */
constexpr int token_rows = 8;
/** The most rows of x. */
constexpr int few_rows = 2 * token_rows;
/** Elements along K that a warp multiplies at once: 16 for each lane of a group. */
constexpr int chunk = 64;
/** Stages of the ring. */
constexpr int few_stages = 3;

/** TILES times 16 columns and up to TOKENS times 8 rows of y per block of WARPS warps. */
template <class KIND, int TILES, int TOKENS, int WARPS>
struct FewTiles {
  using Kind = KIND;
  static constexpr int tiles = TILES, tokens = TOKENS, warps = WARPS, threads = WARPS * 32;
  static constexpr int columns = 16 * TILES, y_rows = TOKENS * token_rows;
  /** Chunks of a stage, and copies of 16 bytes that a thread makes of a chunk. */
  static constexpr int stage_chunks = 2 / Kind::weight_bytes, chunk_copies = TILES * 2 * Kind::weight_bytes;
  static constexpr int stage_copies = stage_chunks * chunk_copies;
  /** One sum per warp for each element of y, once the ring has run dry. A column more than y has rows keeps banks apart. */
  using Part = typename Kind::Sum[Kind::planes][columns][y_rows + 1];
  static constexpr int ring_bytes = few_stages * stage_copies * threads * 16, part_bytes = WARPS * int(sizeof(Part));
  static constexpr int shared_bytes = ring_bytes > part_bytes ? ring_bytes : part_bytes;
};

/** gridDim.x: n / Tiles::columns. Fetches weights before it waits for the kernel before it. */
template <class Tiles, bool ALIGNED>
__global__ void __launch_bounds__(Tiles::threads, 2)
    linear_few(TensorCoreInput x, const uint8_t* __restrict__ w, LinearShape shape, LinearOutput out) {
  using Kind = typename Tiles::Kind;
  using Sum = typename Kind::Sum;
  constexpr int tiles = Tiles::tiles, token_groups = Tiles::tokens, threads = Tiles::threads, stage_chunks = Tiles::stage_chunks;
  constexpr int weight_bytes = Kind::weight_bytes, x_words = 4 * Kind::activation_bytes, planes = Kind::planes;
  start_dependents();
  const int warp = int(threadIdx.x) / 32, lane = int(threadIdx.x) % 32, group = lane / 4, t = lane % 4;
  const int64_t n0 = int64_t(blockIdx.x) * Tiles::columns;
  const uint32_t k = uint32_t(shape.k), chunks = (k + chunk - 1) / chunk;
  const int steps = int((chunks + Tiles::warps * stage_chunks - 1) / (Tiles::warps * stage_chunks));
  /** Where this lane's share of a chunk starts along K. */
  const auto place_of = [&](int step, int u) { return uint32_t((step * Tiles::warps + warp) * stage_chunks + u) * chunk + t * 16; };

  const uint8_t* rows[tiles][2];
#pragma unroll
  for (int tile = 0; tile < tiles; tile++)
#pragma unroll
    for (int half = 0; half < 2; half++) rows[tile][half] = w + min(n0 + tile * 16 + half * 8 + group, shape.n - 1) * shape.k * weight_bytes;
  uint4* ring = shared_memory<uint4>() + threadIdx.x;
  const auto fill = [&](int step, int stage) {
#pragma unroll
    for (int u = 0; u < stage_chunks; u++) {
      const uint32_t place = place_of(step, u);
      uint4* slots = ring + (stage * Tiles::stage_copies + u * Tiles::chunk_copies) * threads;
#pragma unroll
      for (int tile = 0; tile < tiles; tile++)
#pragma unroll
        for (int half = 0; half < 2; half++)
          copy_weights<weight_bytes, threads, ALIGNED>(slots + (tile * 2 + half) * weight_bytes * threads, rows[tile][half], place, k);
    }
  };
#pragma unroll 1
  for (int step = 0; step < few_stages; step++) {
    if (step < steps) fill(step, step);
    copy_async_commit();
  }
  wait_for_dependencies();

  // The activations of the next chunk are loaded while this one is multiplied.
  uint32_t next[token_groups][planes][x_words];
  const auto load_activations = [&](uint32_t place) {
#pragma unroll
    for (int tokens = 0; tokens < token_groups; tokens++) {
      const int row = tokens * token_rows + group;
      const bool there = row < shape.m && place < k;
      const uint8_t* source = x.data + (there ? row * x.row_bytes + int64_t(place) * Kind::activation_bytes : 0);
#pragma unroll
      for (int plane = 0; plane < planes; plane++) load_words(source + plane * x.plane_bytes, there, next[tokens][plane]);
    }
  };
  load_activations(place_of(0, 0));
  Sum sums[tiles][token_groups][planes][4] = {};
  int stage = 0;
#pragma unroll 1
  for (int step = 0; step < steps; step++) {
    copy_async_wait<few_stages - 1>();
#pragma unroll
    for (int u = 0; u < stage_chunks; u++) {
      uint32_t values[token_groups][planes][x_words];
      memcpy(values, next, sizeof values);
      const bool last = u + 1 == stage_chunks;
      load_activations(place_of(last ? step + 1 : step, last ? 0 : u + 1));
      uint32_t raw[tiles][2][4 * weight_bytes];
      const uint4* slots = ring + (stage * Tiles::stage_copies + u * Tiles::chunk_copies) * threads;
#pragma unroll
      for (int i = 0; i < Tiles::chunk_copies; i++) {
        const uint4 four = slots[i * threads];
        memcpy(&raw[0][0][0] + 4 * i, &four, 16);
      }
      if (last) {
        if (step + few_stages < steps) fill(step + few_stages, stage);
        copy_async_commit();
      }
#pragma unroll
      for (int part = 0; part < Kind::step_count; part++)
#pragma unroll
        for (int tile = 0; tile < tiles; tile++) {
          uint32_t a[4];
          Kind::expand(raw[tile][0], part, a[0], a[2]);
          Kind::expand(raw[tile][1], part, a[1], a[3]);
#pragma unroll
          for (int tokens = 0; tokens < token_groups; tokens++)
#pragma unroll
            for (int plane = 0; plane < planes; plane++) {
              const uint32_t b[2] = {values[tokens][plane][2 * part], values[tokens][plane][2 * part + 1]};
              Kind::multiply(sums[tile][tokens][plane], a, b);
            }
        }
    }
    if (++stage == few_stages) stage = 0;
  }

  __syncthreads();  // sums take the place of the ring
  auto* parts = shared_memory<typename Tiles::Part>();
#pragma unroll
  for (int tile = 0; tile < tiles; tile++)
#pragma unroll
    for (int tokens = 0; tokens < token_groups; tokens++)
#pragma unroll
      for (int plane = 0; plane < planes; plane++)
#pragma unroll
        for (int r = 0; r < 4; r++)
          parts[warp][plane][tile * 16 + group + 8 * (r / 2)][tokens * token_rows + t * 2 + r % 2] = sums[tile][tokens][plane][r];
  __syncthreads();
#pragma unroll 1
  for (int i = int(threadIdx.x); i < Tiles::columns * Tiles::y_rows; i += threads) {
    const int column = i % Tiles::columns, row = i / Tiles::columns;
    if (row >= shape.m || n0 + column >= shape.n) continue;
    Sum totals[planes];
#pragma unroll
    for (int plane = 0; plane < planes; plane++) {
      totals[plane] = Sum(0);
#pragma unroll
      for (int part = 0; part < Tiles::warps; part++) totals[plane] += parts[part][plane][column][row];
    }
    out.store(row, n0 + column, sum_to_float(totals));
  }
}

}  // namespace octet
