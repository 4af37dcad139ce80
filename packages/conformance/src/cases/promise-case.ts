import type { OpCall } from "@octet/core";
import { dequantizeCall, linearCall, quantizeCall } from "../calls.ts";
import type { ConformanceCase, ConformanceContext, ConformanceFamily } from "../case.ts";
import type { Fault } from "../faults.ts";

const weight = { shape: [1, 1], granularity: { kind: "channel", dim: 0 }, bits: 8 } as const;
const floats = (...shape: number[]) => ({ dtype: "float32", shape }) as const;

/** The calls that profile `layers` requires, so that these cases run on every backend. */
export const layerCalls: readonly OpCall[] = [
  quantizeCall("float32", [1, 1], weight.granularity, 8),
  dequantizeCall(weight, "float32"),
  linearCall(floats(1, 1), weight, undefined, {}),
  linearCall(floats(1, 1), weight, floats(1), {}),
];

/** A case that is about behaviour, not about numbers. It calls ops of profile `layers` only, unless `needs` says otherwise. */
export function promiseCase(
  family: ConformanceFamily,
  name: string,
  catches: readonly Fault[],
  run: (context: ConformanceContext) => Promise<void>,
  needs: readonly OpCall[] = layerCalls,
): ConformanceCase {
  return { id: `${family}/${name}`, family, needs, catches, run };
}
