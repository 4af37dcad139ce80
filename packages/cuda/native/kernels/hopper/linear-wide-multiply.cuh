// How a warpgroup of `linear_wide` goes through the ring of stages and multiplies.
#pragma once
#include "bulk-copies.cuh"
#include "linear-wide-tiles.cuh"

namespace octet {

/** Where a thread is in the ring. */
template <class Tiles>
struct WideRing {
  /** Addresses of the first stage, and of the barriers: stages that are full, stages that are empty. */
  uint32_t stages, barriers;
  int slot;
  uint32_t phase = 0;

  __device__ __forceinline__ uint32_t full() const { return barriers + slot * 8; }
  __device__ __forceinline__ uint32_t empty() const { return full() + Tiles::stages * 8; }
  __device__ __forceinline__ uint32_t tokens() const { return stages + slot * Tiles::stage_bytes; }
  __device__ __forceinline__ uint32_t weights() const { return tokens() + Tiles::x_bytes; }
  __device__ __forceinline__ void advance(int count) {
    slot += count;
    if (slot >= Tiles::stages) slot -= Tiles::stages, phase ^= 1;
  }
};

/** The codes of one unit of work of a lane, as pairs. `stage`: where the lane's rows are. */
template <class Tiles>
__device__ __forceinline__ void load_codes(const uint8_t* shared, uint32_t stage, int unit, uint32_t (&codes)[Tiles::unit_steps][4]) {
  constexpr int steps = Tiles::unit_steps, per_tile = 4 / steps, row_bytes = Tiles::weight_row_bytes;
  const int slab = unit / (Tiles::m_tiles * per_tile), tile = unit / per_tile % Tiles::m_tiles, first = unit % per_tile * steps;
#pragma unroll
  for (int step = 0; step < steps; step++) {
    const uint8_t* place = shared + (stage ^ uint32_t((slab * 4 + first + step) << 4)) + tile * 64 * row_bytes;
#pragma unroll
    for (int i = 0; i < 4; i++) codes[step][i] = *reinterpret_cast<const uint16_t*>(place + i % 2 * 8 * row_bytes + i / 2 * 8);
  }
}

/** Sums of every k_groups-th stage of `count`, 1 at least, of a warpgroup's rows; codes become floats on the way. */
template <class Tiles>
__device__ __forceinline__ void multiply_codes(WideRing<Tiles>& ring, int count, int row_group, const uint8_t* shared, uint32_t shared_start,
                                               typename Tiles::Sum (&sums)[Tiles::m_tiles][Tiles::sums]) {
  using Kind = typename Tiles::Kind;
  constexpr int steps = Tiles::unit_steps, per_tile = 4 / steps, row_bytes = Tiles::weight_row_bytes;
  static_assert(Tiles::units % 2 == 0, "two sets of operands take turns");
  const int thread = int(threadIdx.x) % 128, lane = thread % 32;
  // The 16-byte pieces of rows of 128 bytes are swizzled by all eight rows, those of 64 bytes by every other.
  const uint32_t lane_start = uint32_t((row_group * Tiles::group_rows + thread / 32 * 16 + lane / 4) * row_bytes + lane % 4 * 2) ^
                              uint32_t((row_bytes == 128 ? lane / 4 : lane / 8) << 4);
  // One set of operands is written while the tensor cores take the other.
  uint32_t codes[steps][4], a[2][steps][4];
  const auto wait_for_stage = [&] { barrier_wait(ring.full(), ring.phase); };
  const auto stage = [&] { return ring.weights() - shared_start + lane_start; };
  if constexpr (Tiles::early) {
    wait_for_stage();
    load_codes<Tiles>(shared, stage(), 0, codes);
  }
  uint32_t previous = 0;
  int index = 0;
#pragma unroll 1
  do {
    if constexpr (!Tiles::early) wait_for_stage();
    const uint64_t b = describe_operand(ring.tokens());
    const uint32_t start = stage(), done = ring.empty();
    ring.advance(Tiles::k_groups);
#pragma unroll
    for (int unit = 0; unit < Tiles::units; unit++) {
      const int slab = unit / (Tiles::m_tiles * per_tile), tile = unit / per_tile % Tiles::m_tiles, first = unit % per_tile * steps;
      if constexpr (!Tiles::early) load_codes<Tiles>(shared, start, unit, codes);
#pragma unroll
      for (int step = 0; step < steps; step++)
#pragma unroll
        for (int i = 0; i < 4; i++) a[unit % 2][step][i] = widen_pair<Kind>(codes[step][i]);
      if constexpr (Tiles::early) {
        if (unit + 1 < Tiles::units) {
          load_codes<Tiles>(shared, start, unit + 1, codes);
        } else if (index + Tiles::k_groups < count) {
          wait_for_stage();
          load_codes<Tiles>(shared, stage(), 0, codes);
        }
      }
      warpgroup_begin();
#pragma unroll
      for (int step = 0; step < steps; step++)
        multiply_wide<Kind>(sums[tile], a[unit % 2][step], b + slab * (Tiles::slab_bytes / 16) + (first + step) * 2);
      warpgroup_commit();
      warpgroup_wait<1>();
      // All operations of the stage before are over.
      if (unit == 0 && index > 0 && lane == 0) barrier_arrive(previous);
    }
    previous = done;
    index += Tiles::k_groups;
  } while (index < count);
  warpgroup_wait<0>();
#pragma unroll
  for (int tile = 0; tile < Tiles::m_tiles; tile++) hold_sums(sums[tile]);
  if (lane == 0) barrier_arrive(previous);
}

/** The same where both operands are in shared memory as tensor cores take them. */
template <class Tiles>
__device__ __forceinline__ void multiply_stages(WideRing<Tiles>& ring, int count, int row_group,
                                                typename Tiles::Sum (&sums)[Tiles::m_tiles][Tiles::sums]) {
  uint32_t previous = 0;
  const bool first_lane = threadIdx.x % 32 == 0;
  int index = 0;
#pragma unroll 1
  do {
    barrier_wait(ring.full(), ring.phase);
    const uint64_t b = describe_operand(ring.tokens()), a = describe_operand(ring.weights() + row_group * Tiles::group_rows * wide_row_bytes);
    warpgroup_begin();
#pragma unroll
    for (int tile = 0; tile < Tiles::m_tiles; tile++)
#pragma unroll
      for (int step = 0; step < 4; step++)
        multiply_wide<typename Tiles::Kind>(sums[tile], a + tile * (64 * wide_row_bytes / 16) + step * 2, b + step * 2);
    warpgroup_commit();
    warpgroup_wait<1>();
    if (index > 0 && first_lane) barrier_arrive(previous);
    previous = ring.empty();
    ring.advance(Tiles::k_groups);
    index += Tiles::k_groups;
  } while (index < count);
  warpgroup_wait<0>();
#pragma unroll
  for (int tile = 0; tile < Tiles::m_tiles; tile++) hold_sums(sums[tile]);
  if (first_lane) barrier_arrive(previous);
}

}  // namespace octet
