import {
  Brand,
  DisposableObject,
  type FloatDType,
  formatValue,
  type HostTensor,
  OctetError,
  type Tensor,
  type TensorLike,
} from "@octet/core";
import { describe } from "./describe.ts";
import { isParameter, type Parameter } from "./parameter.ts";
import { ownSlots, type Slot } from "./slots.ts";
import { type LoadStateDictOptions, type LoadStateDictReport, readState, writeState } from "./state-dict.ts";

/**
 * A part of a model. Subclass it, keep children and parameters in fields, and write `forward` with the signature you need:
 *
 * - Fields that hold a module, or an array of modules, are its children; fields that hold a `Parameter` are its own state. There is
 *   nothing to register. Names are those of the fields, as in PyTorch: `layers.0.fc.weight`.
 * - Only own enumerable fields count, so a `#private` field is for what the module refers to and does not own.
 * - A module owns its children and parameters: `dispose` gives all of them back. A tensor in a plain field is the subclass's affair.
 * - A module that is reached in several ways is one module: it has one name, the first.
 */
export abstract class Module extends DisposableObject {
  #disposed = false;

  get disposed(): boolean {
    return this.#disposed;
  }

  /** The direct children with their names: `fc`, or `layers.0` for an element of an array. */
  *namedChildren(): Generator<[name: string, module: Module]> {
    for (const { name, value } of ownSlots(this, isModule)) yield [name, value];
  }

  /** This module, named "", and then everything below it, parents before children, each once: `["layers.0.fc", module]`. */
  *namedModules(): Generator<[name: string, module: Module]> {
    yield ["", this];
    const seen = new Set<Module>([this]);
    for (const { name, value } of moduleSlots(this)) {
      if (seen.has(value)) continue;
      seen.add(value);
      yield [name, value];
    }
  }

  /** The parameters of this module and of everything below it, each once: `["layers.0.fc.weight", parameter]`. */
  *namedParameters(): Generator<[name: string, parameter: Parameter]> {
    const seen = new Set<Parameter>();
    for (const [prefix, module] of this.namedModules()) {
      for (const { name, value } of ownSlots(module, isParameter)) {
        if (seen.has(value)) continue;
        seen.add(value);
        yield [prefix === "" ? name : `${prefix}.${name}`, value];
      }
    }
  }

  /**
   * Puts `module` where `name` is, as `namedModules` names it, and gives back the one that was there, which the caller now owns.
   * @throws OctetError `ERR_UNSUPPORTED` when there is no such name, `module` is not one, or its field cannot be written
   */
  replace(name: string, module: Module): Module {
    if (!isModule(module)) {
      throw new OctetError(
        "ERR_UNSUPPORTED",
        `got ${formatValue(module)} to put at ${formatValue(name)}; pass a module`,
      );
    }
    for (const slot of moduleSlots(this)) {
      if (slot.name !== name) continue;
      slot.put(module);
      return slot.value;
    }
    throw new OctetError(
      "ERR_UNSUPPORTED",
      `there is no module ${formatValue(name)} to replace; use a name that namedModules() gives${name === "" ? ', "" aside' : ""}`,
    );
  }

  /**
   * A copy of every tensor on the host, by key: the keys and shapes of the `int8` file format, so that a checkpoint and a state dict
   * are the same thing. A quantized weight is `weight` (int8) and `weight_scale` (float32).
   * @throws OctetError `ERR_UNAVAILABLE` or `ERR_NOT_QUANTIZED`, naming a parameter that has no data
   */
  stateDict(): Promise<Map<string, HostTensor>> {
    return readState(this.namedParameters());
  }

  /**
   * Copies the tensors of a state dict into the parameters, all of them or, on an error, none.
   * @throws OctetError `ERR_FORMAT` naming every missing and unexpected key unless `strict` is false, or for codes and scales that
   * are damaged; `ERR_SHAPE`, `ERR_DTYPE` naming the parameter; `ERR_UNSUPPORTED` for scales that the layer's activations exclude
   */
  loadStateDict(
    state: ReadonlyMap<string, TensorLike>,
    options: LoadStateDictOptions = {},
  ): Promise<LoadStateDictReport> {
    return writeState(this.namedParameters(), state, options);
  }

  /** What `toString` prints between the parentheses, `in_features=3, bias=True`. */
  extraRepr(): string {
    return "";
  }

  /** The module and what is below it, as PyTorch prints them. */
  override toString(): string {
    const children = Array.from(this.namedChildren(), ([name, module]) => ({ name, text: module.toString() }));
    return describe(this.constructor.name, this.extraRepr(), children);
  }

  /** Disposes the parameters and the children. Harmless the second time. */
  override dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    for (const { value } of ownSlots(this, isParameter)) value.dispose();
    for (const { value } of ownSlots(this, isModule)) value.dispose();
  }
}

/**
 * A module from one tensor to one tensor: what a `Sequential` is made of, and the type for a field whose `Linear` may be quantized.
 * `forward` puts work in the device's queue and returns: the caller owns the result and still owns x, which is never consumed.
 */
export type Layer = Module & { forward(x: Tensor<FloatDType>): Tensor<FloatDType> };

/** Every place below `root` that holds a module, parents first: a shared module once for each of its places, its own children once. */
export function* moduleSlots(root: Module): Generator<Slot<Module>> {
  yield* slotsBelow(root, "", new Set([root]));
}

function* slotsBelow(parent: Module, prefix: string, entered: Set<Module>): Generator<Slot<Module>> {
  for (const slot of ownSlots(parent, isModule)) {
    const name = prefix + slot.name;
    yield { ...slot, name };
    if (entered.has(slot.value)) continue;
    entered.add(slot.value);
    yield* slotsBelow(slot.value, `${name}.`, entered);
  }
}

// Brands and not classes: the model may come from another installed copy of this package.
const brand = new Brand<Module>("octet.nn.module");
brand.mark(Module.prototype);

/** Whether `value` is a module, of any copy of this package. */
export function isModule(value: unknown): value is Module {
  return brand.marks(value);
}
