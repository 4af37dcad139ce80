// Linear for more than a few rows on Hopper. Weights are operand A, rows of x ("tokens") the columns of B, so that few tokens make narrow
// tiles. One warp keeps a ring of stages in shared memory filled by bulk copies; warpgroups multiply. Codes become floats in registers, on
// their way to the tensor cores.
//
// Where tiles are too few for all multiprocessors, the blocks of a cluster share one, each with a range of K: their sums meet in shared
// memory, in the order of the blocks' numbers.
#pragma once
#include "linear-wide-multiply.cuh"
#include "linear-wide-output.cuh"

namespace octet {

/** What the blocks of a launch do. */
struct WidePlan {
  /** Blocks that share K, and clusters. */
  int32_t parts, clusters;
  /** Tiles along the rows of x, and along the weights. */
  int32_t token_tiles, bands;
  /** Stages' worth of K. */
  int32_t chunks;
  Keep keep_weights;
};

/** Which tile: of tokens, and of weights. */
struct WideTile {
  int tokens, band;
};

/** Neighbours in time use the same weights, and of x what eight tiles of tokens have: both stay in the L2 cache. */
__device__ __forceinline__ WideTile wide_tile(const WidePlan& plan, int index) {
  constexpr int together = 8;
  const int block = together * plan.bands, first = index / block * together, rest = index % block;
  const int width = min(together, plan.token_tiles - first);
  return {first + rest % width, rest / width};
}

/** Fills stages, by one thread. */
template <class Tiles>
__device__ __forceinline__ void fill_ring(WideRing<Tiles> ring, const CUtensorMap& x_map, const CUtensorMap& w_map, const WidePlan& plan,
                                          int first, int last, int cluster) {
  for (int index = cluster; index < plan.token_tiles * plan.bands; index += plan.clusters) {
    const WideTile tile = wide_tile(plan, index);
    for (int chunk = first; chunk < last; chunk++) {
      barrier_wait(ring.empty(), ring.phase ^ 1);
      barrier_expect(ring.full(), Tiles::stage_bytes);
      copy_box(ring.weights(), w_map, chunk * Tiles::chunk, tile.band * Tiles::rows, 0, ring.full(), plan.keep_weights);
#pragma unroll
      for (int slab = 0; slab < Tiles::slabs; slab++)
#pragma unroll
        for (int plane = 0; plane < Tiles::Kind::planes; plane++)
          copy_box(ring.tokens() + slab * Tiles::slab_bytes + plane * Tiles::tokens * wide_row_bytes, x_map,
                   chunk * Tiles::chunk + slab * Tiles::slab, tile.tokens * Tiles::tokens, plane, ring.full(), Keep::long_time);
      ring.advance(1);
    }
  }
}

template <class Tiles>
__global__ void __launch_bounds__(Tiles::threads, 1)
    linear_wide(const __grid_constant__ CUtensorMap x_map, const __grid_constant__ CUtensorMap w_map, LinearShape shape, LinearOutput out,
                WidePlan plan) {
  using Sum = typename Tiles::Sum;
  uint8_t* unaligned = shared_memory<uint8_t>();
  const uint32_t unaligned_start = shared_address(unaligned), start = (unaligned_start + 1023) & ~1023u;
  uint8_t* shared = unaligned + (start - unaligned_start);
  WideRing<Tiles> ring{start, start + Tiles::barriers_at, 0};
  // The same in all lanes, which the compiler would not know.
  const int part = __shfl_sync(0xFFFFFFFFu, int(cluster_rank()), 0), warpgroup = __shfl_sync(0xFFFFFFFFu, int(threadIdx.x) / 128, 0);
  const int cluster = int(blockIdx.x) / plan.parts;
  const int first = int(int64_t(plan.chunks) * part / plan.parts), last = int(int64_t(plan.chunks) * (part + 1) / plan.parts);
  if (threadIdx.x == 0) {
    prefetch_map(x_map);
    prefetch_map(w_map);
    for (int slot = 0; slot < Tiles::stages; slot++) {
      barrier_init(ring.barriers + slot * 8, 1);
      barrier_init(ring.barriers + (Tiles::stages + slot) * 8, 4 * Tiles::row_groups);
    }
    publish_barriers();
  }
  cluster_sync();

  if (threadIdx.x >= Tiles::multipliers) {
    leave_registers<Tiles::copier_registers>();
    if (threadIdx.x == Tiles::multipliers) fill_ring<Tiles>(ring, x_map, w_map, plan, first, last, cluster);
    __syncwarp();
    if (plan.parts > 1) cluster_sync();
  } else {
    take_registers<Tiles::registers>();
    const int row_group = warpgroup % Tiles::row_groups, k_group = Tiles::k_groups == 1 ? 0 : warpgroup / Tiles::row_groups;
    float* own = reinterpret_cast<float*>(shared + Tiles::groups_at) + warpgroup * Tiles::group_floats;
    ring.slot = k_group;
    for (int index = cluster; index < plan.token_tiles * plan.bands; index += plan.clusters) {
      const WideTile tile = wide_tile(plan, index);
      const WideFinish<Tiles> finish{shape, out, int64_t(tile.tokens) * Tiles::tokens,
                                     int64_t(tile.band) * Tiles::rows + row_group * Tiles::group_rows, own, warpgroup};
      finish.fetch();
      Sum sums[Tiles::m_tiles][Tiles::sums] = {};
      const int count = last - first - k_group;
      if constexpr (Tiles::converts) multiply_codes<Tiles>(ring, count, row_group, shared, start, sums);
      else multiply_stages<Tiles>(ring, count, row_group, sums);
      if (Tiles::k_groups == 1 && plan.parts == 1) store_sums<Tiles>(finish, sums);
      else store_parts<Tiles>(finish, sums, shared, start, plan.parts, part);
    }
  }
  // The shared memory of a block must stay until all have read it.
  if (plan.parts > 1) cluster_sync();
}

}  // namespace octet
