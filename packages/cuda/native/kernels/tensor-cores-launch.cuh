// Which kernel multiplies, by the number of rows of x.
#pragma once
#include "tensor-cores.cuh"

namespace octet {

template <class Kind, int TILES, int TOKENS, bool ALIGNED>
void launch_few_tiles(TensorCoreInput x, const uint8_t* w, LinearShape shape, LinearOutput out, cudaStream_t stream) {
  OCTET_LAUNCH((linear_few<Kind, TILES, TOKENS, ALIGNED>), dim3(blocks(shape.n, 16 * TILES)), dim3(few_threads),
               (few_shared_bytes<Kind, TILES, TOKENS>), stream, x, w, shape, out);
}

/** Columns for few rows: 32 at once when more rows would read x too often. */
template <class Kind, bool ALIGNED>
void launch_few(TensorCoreInput x, const uint8_t* w, LinearShape shape, LinearOutput out, cudaStream_t stream) {
  if constexpr (ALIGNED) {
    if (shape.m > token_rows && shape.n >= 4096) return launch_few_tiles<Kind, 2, 2, true>(x, w, shape, out, stream);
    if (shape.m > token_rows) return launch_few_tiles<Kind, 1, 2, true>(x, w, shape, out, stream);
    if (shape.m > 4 && shape.n >= 4096) return launch_few_tiles<Kind, 2, 1, true>(x, w, shape, out, stream);
  }
  launch_few_tiles<Kind, 1, 1, ALIGNED>(x, w, shape, out, stream);
}

template <class Tiles, bool ALIGNED>
void launch_many(TensorCoreInput x, const uint8_t* w, LinearShape shape, LinearOutput out, cudaStream_t stream) {
  const int64_t tiles = divide_up(shape.m, Tiles::rows) * divide_up(shape.n, Tiles::columns);
  OCTET_LAUNCH((linear_many<Tiles, ALIGNED>), dim3(unsigned(tiles)), dim3(many_threads), size_t(Tiles::shared_bytes), stream, x, w, shape, out);
}

/** Blocks that keep a large GPU busy. */
constexpr int64_t enough_blocks = 132;

template <class Kind, bool ALIGNED>
void launch_tensor_cores(TensorCoreInput x, const uint8_t* w, LinearShape shape, LinearOutput out, cudaStream_t stream) {
  // A tile of two planes keeps twice the sums: half the rows.
  constexpr int large_m_tiles = Kind::planes == 1 ? 4 : 2;
  if (shape.m <= (ALIGNED ? few_rows : token_rows)) return launch_few<Kind, ALIGNED>(x, w, shape, out, stream);
  if constexpr (ALIGNED)
    if (launch_warpgroups<Kind>(x, w, shape, out, stream)) return;
  if (shape.m <= 32) return launch_many<ManyTiles<Kind, 2, 1, 2, 6>, ALIGNED>(x, w, shape, out, stream);
  // Large tiles read least, small ones occupy more multiprocessors: large where they are enough for all.
  using Large = ManyTiles<Kind, 2, large_m_tiles, 4, 3>;
  if (divide_up(shape.m, Large::rows) * divide_up(shape.n, Large::columns) >= enough_blocks)
    return launch_many<Large, ALIGNED>(x, w, shape, out, stream);
  return launch_many<ManyTiles<Kind, 2, 2, 2, 4>, ALIGNED>(x, w, shape, out, stream);
}

}  // namespace octet
