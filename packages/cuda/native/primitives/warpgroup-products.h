// Products of warpgroups, on a GPU that has them and on the host. Operands are integers so small that every order of summation is exact.
#pragma once
#include <cstdint>

#include "operands.h"

namespace octet {

/** What the operands are made of. */
enum class WarpgroupType { f16, bf16, s8 };

/** A product of A [64, K] and B [columns, K], 32 bytes along K: words of the operands, row by row, and of the sums [64, columns]. */
struct WarpgroupProduct {
  WarpgroupType type;
  /** 32, 64, 128 or 256 */
  int columns;
  /** Operand A in registers; floats alone. */
  bool left_in_registers;
  Words left, right;
};

/** The host's sums, as the bits of float32 or of int32. */
Words expected_sums(const WarpgroupProduct& product);

/** The device's; the host's where there is no device of compute capability 9.0, or no device at all. */
Words device_sums(const WarpgroupProduct& product);

}  // namespace octet
