import type { FloatDType, HostTensor, OpSpec } from "@octet/core";
import type { ConformanceCase, ConformanceContext, ConformanceFamily } from "../case.ts";
import { generate } from "../data.ts";
import type { Fault } from "../faults.ts";
import { requiredOps } from "../required-ops.ts";

/** A case that is about behaviour, not about numbers. It calls required ops only, unless `needs` says otherwise. */
export function promiseCase(
  family: ConformanceFamily,
  name: string,
  catches: readonly Fault[],
  run: (context: ConformanceContext) => Promise<void>,
  needs: readonly OpSpec[] = requiredOps,
): ConformanceCase {
  return { id: `${family}/${name}`, family, needs, catches, run };
}

/** `[rows, columns]` of 127: per channel its scales are 1 and its codes 127, and it comes back unchanged. */
export function plainMatrix(rows = 8, columns = 8, dtype: FloatDType = "float32"): HostTensor<FloatDType> {
  return generate(dtype, [rows, columns], () => 127);
}

/** Options of the quantization that every backend supports. */
export const plainQuantization = { granularity: { kind: "channel", dim: 0 } } as const;
