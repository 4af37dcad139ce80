// Linear for more rows: tiles of x and of the weights travel through a ring of stages in shared memory by asynchronous copies, and
// tensor cores read them from there. Tokens are operand A, weights operand B.
#pragma once
#include "linear-few.cuh"
#include "../occupancy.cuh"

namespace octet {

constexpr int many_threads = 256;

/** Bytes of a row of a tile in shared memory. Chosen so that the 16-byte reads of a warp spread evenly over the banks. */
constexpr int tile_pitch(int element_bytes) { return element_bytes == 1 ? chunk : chunk * 2 + 16; }

/** A block makes 16 * M_TILES * M_WARPS rows and 8 * N_TILES * (8 / M_WARPS) columns of y. */
template <class KIND, int M_WARPS, int M_TILES, int N_TILES, int STAGES>
struct ManyTiles {
  using Kind = KIND;
  static constexpr int m_warps = M_WARPS, n_warps = 8 / M_WARPS, m_tiles = M_TILES, n_tiles = N_TILES, stages = STAGES;
  /** On a multiprocessor at once: while one waits, the other multiplies. */
  static constexpr int blocks = Kind::many_registers && M_TILES * N_TILES * Kind::planes == 16 ? 1 : 2;
  static constexpr int rows = 16 * M_TILES * M_WARPS, columns = 8 * N_TILES * n_warps;
  static constexpr int x_pitch = tile_pitch(Kind::activation_bytes), w_pitch = tile_pitch(Kind::weight_bytes);
  static constexpr int x_bytes = rows * x_pitch, w_bytes = columns * w_pitch;
  static constexpr int stage_bytes = x_bytes * Kind::planes + w_bytes;
  /** Floats from row to row of the finished tile, which takes the place of the stages. */
  static constexpr int y_pitch = columns + 4;
  static constexpr int y_bytes = rows * y_pitch * 4;
  static constexpr int shared_bytes = stage_bytes * STAGES > y_bytes ? stage_bytes * STAGES : y_bytes;
};

/** Fills one stage with chunk `index` along K. Rows and places that are not there become zero. */
template <class Tiles, bool ALIGNED>
__device__ __forceinline__ void fill_stage(uint8_t* stage, TensorCoreInput x, const uint8_t* w, LinearShape shape, int64_t m0, int64_t n0,
                                           int64_t start) {
  using Kind = typename Tiles::Kind;
  constexpr int x_pieces = chunk * Kind::activation_bytes / 16, w_pieces = chunk * Kind::weight_bytes / 16;
#pragma unroll
  for (int plane = 0; plane < Kind::planes; plane++)
#pragma unroll 2
    for (int i = int(threadIdx.x); i < Tiles::rows * x_pieces; i += many_threads) {
      const int row = i / x_pieces, piece = i % x_pieces;
      const int64_t place = start + piece * (16 / Kind::activation_bytes);
      const bool there = m0 + row < shape.m && place < shape.k;
      const uint8_t* source = x.data + plane * x.plane_bytes + (there ? (m0 + row) * x.row_bytes + place * Kind::activation_bytes : 0);
      copy_async(stage + plane * Tiles::x_bytes + row * Tiles::x_pitch + piece * 16, source, there ? 16 : 0);
    }
  uint8_t* weights = stage + Kind::planes * Tiles::x_bytes;
  // Loads of single bytes are long code: one copy of it is enough.
#pragma unroll(ALIGNED ? 2 : 1)
  for (int i = int(threadIdx.x); i < Tiles::columns * w_pieces; i += many_threads) {
    const int row = i / w_pieces, piece = i % w_pieces;
    const int64_t place = start + piece * (16 / Kind::weight_bytes);
    const bool there = n0 + row < shape.n && place < shape.k;
    const uint8_t* source = w + (there ? ((n0 + row) * shape.k + place) * Kind::weight_bytes : 0);
    uint8_t* target = weights + row * Tiles::w_pitch + piece * 16;
    if constexpr (ALIGNED) {
      copy_async(target, source, there ? 16 : 0);
    } else {
      uint32_t words[4];
      load_codes(source, there ? shape.k - place : 0, words);
      *reinterpret_cast<uint4*>(target) = uint4{words[0], words[1], words[2], words[3]};
    }
  }
}

/** 16 elements per lane from a row of a tile. */
template <int WORDS>
__device__ __forceinline__ void read_tile(const uint8_t* source, uint32_t (&words)[WORDS]) {
#pragma unroll
  for (int i = 0; i < WORDS / 4; i++) {
    const uint4 four = reinterpret_cast<const uint4*>(source)[i];
    words[4 * i] = four.x, words[4 * i + 1] = four.y, words[4 * i + 2] = four.z, words[4 * i + 3] = four.w;
  }
}

/** gridDim.x: tiles of y, those of one band of weights beside each other. */
template <class Tiles, bool ALIGNED>
__global__ void __launch_bounds__(many_threads, is_small_multiprocessor ? 1 : Tiles::blocks)
    linear_many(TensorCoreInput x, const uint8_t* __restrict__ w, LinearShape shape, LinearOutput out) {
  using Kind = typename Tiles::Kind;
  using Sum = typename Kind::Sum;
  constexpr int planes = Kind::planes, steps = Kind::step_count;
  constexpr int x_words = 4 * Kind::activation_bytes, weight_words = 4 * Kind::weight_bytes;
  uint8_t* ring = shared_memory<uint8_t>();
  const int warp = int(threadIdx.x) / 32, lane = int(threadIdx.x) % 32, group = lane / 4, t = lane % 4;
  const int64_t bands = (shape.m + Tiles::rows - 1) / Tiles::rows;
  const int64_t m0 = blockIdx.x % bands * Tiles::rows, n0 = blockIdx.x / bands * Tiles::columns;
  const int warp_row = warp % Tiles::m_warps * Tiles::m_tiles * 16, warp_column = warp / Tiles::m_warps * Tiles::n_tiles * 8;
  const int chunks = int((shape.k + chunk - 1) / chunk);

#pragma unroll 1
  for (int stage = 0; stage < Tiles::stages - 1; stage++) {
    if (stage < chunks)
      fill_stage<Tiles, ALIGNED>(ring + stage * Tiles::stage_bytes, x, w, shape, m0, n0, int64_t(stage) * chunk);
    copy_async_commit();
  }
  Sum sums[Tiles::m_tiles][Tiles::n_tiles][planes][4] = {};
  for (int index = 0; index < chunks; index++) {
    copy_async_wait<Tiles::stages - 2>();
    // One barrier for both: this chunk has landed for all, and all are done with the stage that is filled next.
    __syncthreads();
    const int ahead = index + Tiles::stages - 1;
    if (ahead < chunks)
      fill_stage<Tiles, ALIGNED>(ring + ahead % Tiles::stages * Tiles::stage_bytes, x, w, shape, m0, n0, int64_t(ahead) * chunk);
    copy_async_commit();

    const uint8_t* stage = ring + index % Tiles::stages * Tiles::stage_bytes;
    const uint8_t* weights = stage + planes * Tiles::x_bytes + (warp_column + group) * Tiles::w_pitch + t * 16 * Kind::weight_bytes;
    uint32_t b[Tiles::n_tiles][steps][2];
#pragma unroll
    for (int j = 0; j < Tiles::n_tiles; j++) {
      uint32_t words[weight_words];
      read_tile(weights + j * 8 * Tiles::w_pitch, words);
#pragma unroll
      for (int step = 0; step < steps; step++) Kind::expand(words, step, b[j][step][0], b[j][step][1]);
    }
#pragma unroll
    for (int i = 0; i < Tiles::m_tiles; i++)
#pragma unroll
      for (int plane = 0; plane < planes; plane++) {
        const uint8_t* tokens = stage + plane * Tiles::x_bytes + (warp_row + i * 16 + group) * Tiles::x_pitch + t * 16 * Kind::activation_bytes;
        uint32_t upper[x_words], lower[x_words];
        read_tile(tokens, upper);
        read_tile(tokens + 8 * Tiles::x_pitch, lower);
#pragma unroll
        for (int step = 0; step < steps; step++) {
          const uint32_t a[4] = {upper[2 * step], lower[2 * step], upper[2 * step + 1], lower[2 * step + 1]};
#pragma unroll
          for (int j = 0; j < Tiles::n_tiles; j++) Kind::multiply(sums[i][j][plane], a, b[j][step]);
        }
      }
  }

  // By way of shared memory, so that neighbours in y are written together, and by one copy of the code.
  __syncthreads();
  float* tile = shared_memory<float>();
#pragma unroll
  for (int i = 0; i < Tiles::m_tiles; i++)
#pragma unroll
    for (int j = 0; j < Tiles::n_tiles; j++)
#pragma unroll
      for (int r = 0; r < 4; r++) {
        Sum totals[planes];
#pragma unroll
        for (int plane = 0; plane < planes; plane++) totals[plane] = sums[i][j][plane][r];
        const int row = warp_row + i * 16 + group + 8 * (r / 2), column = warp_column + j * 8 + t * 2 + r % 2;
        tile[row * Tiles::y_pitch + column] = sum_to_float(totals);
      }
  __syncthreads();
#pragma unroll 1
  for (int i = int(threadIdx.x); i < Tiles::rows * Tiles::columns; i += many_threads) {
    const int row = i / Tiles::columns, column = i % Tiles::columns;
    if (m0 + row < shape.m && n0 + column < shape.n) out.store(m0 + row, n0 + column, tile[row * Tiles::y_pitch + column]);
  }
}

}  // namespace octet
