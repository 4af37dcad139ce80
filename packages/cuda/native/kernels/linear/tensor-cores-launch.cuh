// Which kernel multiplies, by the number of rows of x.
#pragma once
#include "tensor-cores.cuh"

namespace octet {

template <class Tiles, bool ALIGNED>
void launch_few_tiles(TensorCoreInput x, const uint8_t* w, LinearShape shape, LinearOutput out, cudaStream_t stream) {
  OCTET_LAUNCH_EARLY(x.early, (linear_few<Tiles, ALIGNED>), dim3(blocks(shape.n, Tiles::columns)), dim3(Tiles::threads),
                     size_t(Tiles::shared_bytes), stream, x, w, shape, out);
}

/**
 * 32 warps or the ring fill a multiprocessor. More columns in a block mean that x is read less often, fewer warps that a block lives
 * longer: as long as there are blocks for all multiprocessors, and for 16 warps on each.
 */
template <class Kind, bool ALIGNED>
void launch_few(TensorCoreInput x, const uint8_t* w, LinearShape shape, LinearOutput out, cudaStream_t stream) {
  if constexpr (ALIGNED) {
    const bool wide = shape.n >= 8192, wider = shape.n >= 16384;
    if (shape.m > token_rows && wider) return launch_few_tiles<FewTiles<Kind, 2, 2, 4>, true>(x, w, shape, out, stream);
    if (shape.m > token_rows && wide) return launch_few_tiles<FewTiles<Kind, 2, 2, 8>, true>(x, w, shape, out, stream);
    if (shape.m > token_rows) return launch_few_tiles<FewTiles<Kind, 1, 2, 8>, true>(x, w, shape, out, stream);
    if (shape.m > 2 && wider) return launch_few_tiles<FewTiles<Kind, 2, 1, 4>, true>(x, w, shape, out, stream);
    if (wide && !wider) return launch_few_tiles<FewTiles<Kind, 2, 1, 8>, true>(x, w, shape, out, stream);
  }
  launch_few_tiles<FewTiles<Kind, 1, 1, 16>, ALIGNED>(x, w, shape, out, stream);
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
