import { formatValue, OctetError, validateOptions } from "@octet/core";
import { chosenEntries, defaultSkip } from "@octet/core/names";
import { errorAbout } from "./error-context.ts";
import type { Linear } from "./linear.ts";
import { isModule, type Module } from "./module.ts";
import { planQuantization, type SkippedLayer } from "./quantization-plan.ts";
import { type FromLinearOptions, fromLinearKinds, QuantizedLinear } from "./quantized-linear.ts";
import { compileSkip, type SkipRule } from "./skip.ts";
import type { Slot } from "./slots.ts";

export interface QuantizeModelOptions extends FromLinearOptions {
  /** The Linear layers that stay in float; default `defaultSkip`, which a list given here replaces. */
  readonly skip?: readonly SkipRule[] | undefined;
}

/** A Linear that is now a QuantizedLinear. */
export interface ReplacedLayer {
  readonly name: string;
  /** In the model, which owns it. */
  readonly module: QuantizedLinear;
  /** Of the float weight, without the bias. */
  readonly bytesBefore: number;
  /** Of codes and scales, without the bias. */
  readonly bytesAfter: number;
}

export interface QuantizeModelReport {
  readonly replaced: readonly ReplacedLayer[];
  readonly skipped: readonly SkippedLayer[];
  /** Entries of `skip` that matched no Linear: a typing error, perhaps. Entries of a default list that is there as a whole are not listed. */
  readonly unmatched: readonly SkipRule[];
}

interface Replacement {
  readonly name: string;
  readonly linear: Linear;
  readonly layer: QuantizedLinear;
  readonly slots: readonly Slot<Module>[];
}

/**
 * Replaces every Linear below `model` that no skip entry matches by a QuantizedLinear, and disposes it. All or nothing: when a layer
 * fails, the model is as it was and the error names the layer. Until the last layer is done, float and quantized weights are both held.
 * @throws OctetError as `QuantizedLinear.fromLinear` does; `ERR_UNSUPPORTED` when `model` itself is a Linear, or not a module, and for
 * options that there are not
 */
export async function quantizeModel(model: Module, options: QuantizeModelOptions = {}): Promise<QuantizeModelReport> {
  if (!isModule(model)) throw new OctetError("ERR_UNSUPPORTED", `got ${formatValue(model)}; pass a module`);
  validateOptions("quantizeModel", options, { ...fromLinearKinds, skip: "array" });
  const { skip = defaultSkip, ...layerOptions } = options;
  const plan = planQuantization(model, compileSkip(skip));
  const replacements: Replacement[] = [];
  try {
    for (const { name, linear, slots } of plan.targets) {
      const layer = await quantizeLayer(name, linear, layerOptions);
      replacements.push({ name, linear, layer, slots });
    }
    swap(replacements);
  } catch (error) {
    for (const { layer } of replacements) layer.dispose();
    throw error;
  }
  const replaced = replacements.map(({ name, linear, layer }) => {
    const bytesBefore = linear.weight.tensor.byteLength;
    linear.dispose();
    return { name, module: layer, bytesBefore, bytesAfter: layer.weight.tensor.byteLength };
  });
  return {
    replaced,
    skipped: plan.skipped,
    unmatched: chosenEntries(skip).filter((rule) => plan.unmatched.includes(rule)),
  };
}

async function quantizeLayer(name: string, linear: Linear, options: FromLinearOptions): Promise<QuantizedLinear> {
  try {
    return await QuantizedLinear.fromLinear(linear, options);
  } catch (error) {
    throw errorAbout(`layer "${name}"`, error);
  }
}

/** Puts all layers in their places, or none. */
function swap(replacements: readonly Replacement[]): void {
  const undo: (() => void)[] = [];
  for (const { name, linear, layer, slots } of replacements) {
    try {
      if (linear.disposed) throw new OctetError("ERR_DISPOSED", "the layer was disposed while it was being quantized");
      for (const slot of slots) {
        slot.put(layer);
        undo.push(() => slot.put(linear));
      }
    } catch (error) {
      for (const restore of undo) restore();
      throw errorAbout(`layer "${name}"`, error);
    }
  }
}
