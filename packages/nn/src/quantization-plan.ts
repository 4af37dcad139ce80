import { OctetError } from "@octet/core";
import { hasOwnForward, isLinear, type Linear } from "./linear.ts";
import { type Module, moduleSlots } from "./module.ts";
import { isQuantizedLinear } from "./quantized-linear.ts";
import { matchesRule, type SkipRule } from "./skip.ts";
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
export function planQuantization(model: Module, rules: readonly SkipRule[]): QuantizationPlan {
  if (isLinear(model)) {
    throw new OctetError(
      "ERR_UNSUPPORTED",
      "the model is itself a Linear, so nothing holds it; use QuantizedLinear.fromLinear",
    );
  }
  const targets: QuantizationTarget[] = [];
  const skipped: SkippedLayer[] = [];
  const matched = new Set<SkipRule>();
  for (const [module, slots] of slotsByModule(model)) {
    const { name } = slots[0];
    if (isQuantizedLinear(module)) skipped.push({ name, module, reason: "it is quantized already" });
    if (!isLinear(module)) continue;
    const matching = rules.filter((rule) => slots.some((slot) => matchesRule(rule, slot.name, module)));
    for (const rule of matching) matched.add(rule);
    const reason = matching.length > 0 ? describeRule(matching[0], rules) : obstacle(module);
    if (reason === undefined) targets.push({ name, linear: module, slots });
    else skipped.push({ name, module, reason });
  }
  return { targets, skipped, unmatched: rules.filter((rule) => !matched.has(rule)) };
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

function describeRule(rule: SkipRule, rules: readonly SkipRule[]): string {
  return typeof rule === "string" ? `it matches "${rule}"` : `the predicate skip[${rules.indexOf(rule)}] says so`;
}
