import { type ActivationKind, sizeOf } from "@octet/core";
import { dtypeCode } from "../dtype-code.ts";
import type { Plan, Source } from "./plan.ts";

/** assembly/activate.ts has the same numbers. */
const kindCode: Readonly<Record<ActivationKind, number>> = { relu: 0, gelu: 1, silu: 2 };

/** Elements. */
const block = 16384;

/** An element-wise function of x, of this shape. */
export function planActivation({ address, dtype }: Source, shape: readonly number[], kind: ActivationKind): Plan {
  const size = sizeOf(shape);
  return {
    temporaries: [],
    launches: (output) => {
      const words = [address, output, size, block, dtypeCode[dtype], kindCode[kind]];
      return [{ kernel: "activateBlocks", items: Math.ceil(size / block), grain: 1, words }];
    },
  };
}
