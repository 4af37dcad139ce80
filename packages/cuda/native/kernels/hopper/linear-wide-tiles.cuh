// The tiles of `linear_wide`: sizes, places in shared memory, and which operation multiplies them.
#pragma once
#include <type_traits>

#include "warpgroups.cuh"

namespace octet {

/** Bytes of a row of an operand in shared memory. */
constexpr int wide_row_bytes = 128;
/** More would not be on their way at once. */
constexpr int wide_most_stages = 12;
/** Tokens that a warpgroup stores at once. */
constexpr int wide_run = 32;
/** Floats from token to token while a warpgroup turns a run of tokens by 64 columns around: spread evenly over the banks. */
constexpr int wide_staging_pitch = 68;

/**
 * A block makes 64 * M_TILES * ROW_GROUPS columns of y for COLUMNS tokens, or half as many where a token has two planes. K_GROUPS
 * warpgroups take turns at the stages, and add their sums up in the end. WEIGHT_ROW_BYTES: of a row of weights in a stage.
 */
template <class KIND, int COLUMNS, int M_TILES, int ROW_GROUPS, int K_GROUPS, int WEIGHT_ROW_BYTES = wide_row_bytes>
struct WideTiles {
  using Kind = KIND;
  using Sum = typename Kind::Sum;
  static constexpr int columns = COLUMNS, tokens = COLUMNS / Kind::planes, m_tiles = M_TILES, row_groups = ROW_GROUPS, k_groups = K_GROUPS;
  static constexpr int weight_row_bytes = WEIGHT_ROW_BYTES;
  static constexpr int group_rows = 64 * M_TILES, rows = group_rows * ROW_GROUPS;
  /** Threads that multiply, and all; another warpgroup copies, which takes next to no registers. */
  static constexpr int multipliers = 128 * ROW_GROUPS * K_GROUPS, threads = multipliers + 128;
  /** Registers of a thread at the launch, and what becomes of them: a block has no more than it started with, and would wait for ever. */
  static constexpr int launch_registers = 65536 / threads / 8 * 8, copier_registers = 56;
  static constexpr int registers = (launch_registers * threads - copier_registers * 128) / multipliers / 8 * 8;
  static constexpr bool converts = Kind::activation_bytes != Kind::weight_bytes;
  /** Sums per lane, and elements along K of a stage; x has them in slabs of 128 bytes. */
  static constexpr int sums = COLUMNS / 2, chunk = WEIGHT_ROW_BYTES / Kind::weight_bytes, slab = wide_row_bytes / Kind::activation_bytes;
  static constexpr int slabs = chunk / slab, slab_bytes = COLUMNS * wide_row_bytes;
  /** Wide tiles keep the tensor cores busy long enough to convert one step along K at a time, and to have the next codes loaded before. */
  static constexpr bool early = COLUMNS == 256;
  /** Steps whose codes become floats at once; an even number of times per stage. */
  static constexpr int unit_steps = early ? 1 : 4, units = slabs * M_TILES * 4 / unit_steps;
  static constexpr int x_bytes = slabs * slab_bytes, w_bytes = rows * WEIGHT_ROW_BYTES, stage_bytes = x_bytes + w_bytes;
  /** A warpgroup's own: a run of tokens, scales and biases of its columns, scales of all tokens. */
  static constexpr int scales_at = wide_run * wide_staging_pitch, group_floats = scales_at + 2 * group_rows + tokens;
  static constexpr int groups_bytes = multipliers / 128 * group_floats * 4;
  /** As many stages as there is room for, after the start is moved to 1024 bytes and the barriers have theirs. */
  static constexpr int room = (227 - 2) * 1024 - groups_bytes, fitting = room / stage_bytes < wide_most_stages ? room / stage_bytes : wide_most_stages;
  static constexpr int stages = fitting / K_GROUPS * K_GROUPS;
  static constexpr int groups_at = stages * stage_bytes, barriers_at = groups_at + groups_bytes, shared_bytes = barriers_at + 16 * stages + 1024;
  static_assert(shared_bytes <= 227 * 1024, "more shared memory than a block may have");
  static_assert(multipliers * m_tiles * sums * 4 <= stages * stage_bytes, "sums take the place of the stages");
  static_assert(tokens % wide_run == 0 && COLUMNS <= 256 && rows <= 256, "boxes and runs");
  static_assert(stages / K_GROUPS >= 2, "a warpgroup waits for its next stage before it gives the last one back");
};

/** Two codes, as a pair of floats. */
template <class Kind>
__device__ __forceinline__ uint32_t widen_pair(uint32_t codes) {
  if constexpr (std::is_same_v<Kind, F16Codes>) {
    // A byte under 0x64 is 1024 + code + 128.
    return subtract_f16x2(__byte_perm(codes, 0x64646464u, 0x4140) ^ 0x00800080u, 0x64806480u);
  } else {
    // Seven bits under 0x43 are 128 + bits, and the sign is worth -128: 0x4380 is 256.
    const uint32_t bytes = __byte_perm(codes, 0x43434343u, 0x4140);
    uint32_t pair;
    asm("sub.bf16x2 %0, %1, %2;" : "=r"(pair) : "r"(bytes & 0xFF7FFF7Fu), "r"(bytes & 0xFF80FF80u));
    return pair;
  }
}

template <class Kind, int SUMS, class Left>
__device__ __forceinline__ void multiply_wide(typename Kind::Sum (&sums)[SUMS], const Left& a, uint64_t b) {
  if constexpr (std::is_same_v<typename Kind::Sum, int32_t>) warpgroup_s8(sums, a, b);
  else if constexpr (std::is_same_v<Kind, F16Codes> || std::is_same_v<Kind, F16Floats>) warpgroup_f16(sums, a, b);
  else warpgroup_bf16(sums, a, b);
}

}  // namespace octet
