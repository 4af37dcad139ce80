import { OctetError } from "@octet/core";
import { hasOwnForward, isLinear, type Linear } from "./linear.ts";
import { type Module, moduleSlots } from "./module.ts";
import { isQuantizedLinear } from "./quantized-linear.ts";
import type { SkipRule, SkipTest } from "./skip.ts";
import type { Slot } from "./slots.ts";

/** A Linear that stays as it is, or a layer that is quantized already. */
export interface SkippedLayer {
  readonly name: string;
  readonly module: Module;
  /** For people: which entry of `skip` matched, or what else keeps the layer as it is. */
  readonly reason: string;
}

/** A Linear to replace, in every place that holds it. */
export interface QuantizationTarget {
  /** The first of its names. */
  readonly name: string;
  readonly linear: Linear;
  readonly slots: readonly Slot<Module>[];
}

export interface QuantizationPlan {
  readonly targets: readonly QuantizationTarget[];
  readonly skipped: readonly SkippedLayer[];
  /** The rules that matched nothing. */
  readonly unmatched: readonly SkipRule[];
}

/**
 * Decides for every Linear below `model` whether it is quantized. One that has several names is skipped when a rule matches any.
 * @throws OctetError `ERR_UNSUPPORTED` when `model` itself is a Linear, which has no place to be replaced in
 */
export function planQuantization(model: Module, skip: readonly SkipTest[]): QuantizationPlan {
  if (isLinear(model)) {
    throw new OctetError(
      "ERR_UNSUPPORTED",
      "the model is itself a Linear, so nothing holds it; use QuantizedLinear.fromLinear",
    );
  }
  const targets: QuantizationTarget[] = [];
  const skipped: SkippedLayer[] = [];
  const matched = new Set<SkipTest>();
  for (const [module, slots] of slotsByModule(model)) {
    const { name } = slots[0];
    if (isQuantizedLinear(module)) skipped.push({ name, module, reason: "it is quantized already" });
    if (!isLinear(module)) continue;
    const matching = skip.filter((test) => slots.some((slot) => test.matches(slot.name, module)));
    for (const test of matching) matched.add(test);
    const reason = matching[0]?.reason ?? obstacle(module);
    if (reason === undefined) targets.push({ name, linear: module, slots });
    else skipped.push({ name, module, reason });
  }
  return { targets, skipped, unmatched: skip.filter((test) => !matched.has(test)).map(({ rule }) => rule) };
}

function slotsByModule(model: Module): Map<Module, Slot<Module>[]> {
  const places = new Map<Module, Slot<Module>[]>();
  for (const slot of moduleSlots(model)) {
    const known = places.get(slot.value);
    if (known === undefined) places.set(slot.value, [slot]);
    else known.push(slot);
  }
  return places;
}

/** A subclass with a forward of its own computes something that a QuantizedLinear does not. */
function obstacle(linear: Linear): string | undefined {
  return hasOwnForward(linear) ? `${linear.constructor.name} has a forward of its own` : undefined;
}
