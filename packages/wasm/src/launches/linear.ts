import { planFloatLinear } from "./linear-float.ts";
import { planIntegerLinear } from "./linear-integer.ts";
import type { LinearSources } from "./linear-sources.ts";
import type { Plan } from "./plan.ts";

/** `y = x w + bias` in whichever way the activations ask for. */
export function planLinear(sources: LinearSources): Plan {
  const { activations } = sources.geometry;
  return activations === "float" ? planFloatLinear(sources) : planIntegerLinear(sources, activations);
}
