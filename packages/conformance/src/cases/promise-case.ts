import type { OpSpec } from "@octet/core";
import type { ConformanceCase, ConformanceContext, ConformanceFamily } from "../case.ts";
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
