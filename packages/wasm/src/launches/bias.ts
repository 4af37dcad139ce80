import { packRows } from "../generated/kernels.ts";
import type { Launch } from "../run/launch.ts";
import type { FloatOperand } from "./operand.ts";
import { oneItem } from "./plan.ts";

/** The bias `[n]` as the kernels take it: float32, at `address`, or 0 for none. A half type is widened into a temporary block first. */
export interface BiasPlan {
  /** Bytes of that block. */
  readonly temporary: number;
  /** Given the block. */
  address(temporary: number): number;
  launches(temporary: number): readonly Launch[];
}

export function planBias(bias: FloatOperand | undefined, n: number): BiasPlan {
  const address = bias?.storage.address ?? 0;
  const dtype = bias?.form.dtype ?? "float32";
  if (dtype === "float32") return { temporary: 0, address: () => address, launches: () => [] };
  return {
    temporary: packedRowBytes(n),
    address: (temporary) => temporary,
    launches: (target) => [packRows(oneItem, { x: address, target, m: 1, k: n, dtype, rows: 1, transposed: 0 })],
  };
}

/** A row of k floats as pack-rows leaves it. */
export function packedRowBytes(k: number): number {
  return Math.ceil(k / 16) * 16 * 4;
}
