import { dtypeCode } from "../dtype-code.ts";
import type { Launch } from "../launch.ts";
import type { Source } from "./plan.ts";

/** The bias `[n]` as the kernels take it: float32, at `address`, or 0 for none. A half type is widened into a temporary block first. */
export interface BiasPlan {
  /** Bytes of that block. */
  readonly temporary: number;
  /** Given the block. */
  address(temporary: number): number;
  launches(temporary: number): readonly Launch[];
}

export function planBias(bias: Source | undefined, n: number): BiasPlan {
  if (bias === undefined || bias.dtype === "float32") {
    return { temporary: 0, address: () => bias?.address ?? 0, launches: () => [] };
  }
  return {
    temporary: packedRowBytes(n),
    address: (temporary) => temporary,
    launches: (temporary) => [
      { kernel: "packRows", items: 1, grain: 1, words: [bias.address, temporary, 1, n, dtypeCode[bias.dtype], 1, 0] },
    ],
  };
}

/** A row of k floats as pack-rows leaves it. */
export function packedRowBytes(k: number): number {
  return Math.ceil(k / 16) * 16 * 4;
}
