import {
  type Backend,
  Brand,
  DisposableObject,
  equalShapes,
  formatShape,
  formatValue,
  type HostTensor,
  OctetError,
  type Tensor,
  type TensorLike,
  validateShape,
} from "@octet/core";

/**
 * A slot for a module's own data: declared with its shape, empty until something is loaded into it. A module finds its parameters
 * among its own enumerable fields; the name of the field is the key in a state dict. One module owns a parameter: to share data,
 * share the module.
 *
 * Use `FloatParameter` (on a device), `QuantizedParameter` (codes and scales on a device) or `HostParameter` (a typed array).
 */
export abstract class Parameter<Value extends object = object> extends DisposableObject {
  readonly shape: readonly number[];
  /** Where the data lives; null for the memory of the host. */
  abstract readonly backend: Backend | null;
  /** What follows the field's name in the key of each tensor that stands for the parameter in a state dict. */
  abstract readonly suffixes: readonly string[];
  #value: Value | undefined;
  #disposed = false;

  /** @throws OctetError `ERR_SHAPE` */
  constructor(shape: readonly number[]) {
    super();
    this.shape = validateShape(shape, "the parameter");
  }

  get disposed(): boolean {
    return this.#disposed;
  }

  /** Whether there is data. */
  get loaded(): boolean {
    return this.#value !== undefined;
  }

  /** The data, still owned by the parameter. @throws OctetError `ERR_DISPOSED`, or `emptyError` when nothing was loaded */
  get tensor(): Value {
    this.validateAlive();
    if (this.#value === undefined) throw this.emptyError();
    return this.#value;
  }

  /** Takes `value` as its own and disposes what was there. @throws OctetError `ERR_DISPOSED`, `ERR_DTYPE` */
  set(value: Value): void {
    this.validateAlive();
    if (typeof value !== "object" || value === null) {
      throw new OctetError(
        "ERR_DTYPE",
        `got ${formatValue(value)} for a parameter of ${formatShape(this.shape)}; pass a tensor`,
      );
    }
    const previous = this.#value;
    this.#value = value;
    if (previous !== undefined && previous !== value) release(previous);
  }

  /** @throws OctetError `ERR_DISPOSED` */
  validateAlive(): void {
    if (!this.#disposed) return;
    throw new OctetError("ERR_DISPOSED", `a parameter of ${formatShape(this.shape)} is disposed; make a new module`);
  }

  /** The tensors that stand for the data in a state dict, one for each of `suffixes`; copies. */
  abstract toState(): Promise<readonly HostTensor[]>;

  /**
   * Makes a value of what `toState` gave, checked; the caller owns it, and `set` hands it over.
   * @throws OctetError `ERR_SHAPE`, `ERR_DTYPE`, `ERR_FORMAT`
   */
  abstract fromState(tensors: readonly TensorLike[]): Value;

  dispose(): void {
    this.#disposed = true;
    if (this.#value !== undefined) release(this.#value);
    this.#value = undefined;
  }

  /** What is thrown when data is asked for before there is any. */
  protected emptyError(): OctetError {
    return new OctetError(
      "ERR_UNAVAILABLE",
      `a parameter of ${formatShape(this.shape)} has no data yet; load a state dict first`,
    );
  }

  /** @throws OctetError `ERR_SHAPE` */
  protected validateShape(shape: readonly number[]): void {
    if (equalShapes(shape, this.shape)) return;
    throw new OctetError(
      "ERR_SHAPE",
      `got a tensor of ${formatShape(shape)}; the parameter is ${formatShape(this.shape)}`,
    );
  }
}

const brand = new Brand<Parameter>("octet.nn.parameter");
brand.mark(Parameter.prototype);

/** Whether `value` is a parameter, of any copy of this package. */
export function isParameter(value: unknown): value is Parameter {
  return brand.marks(value);
}

/** Checks the argument of `fromState`, for callers without a compiler. @throws OctetError `ERR_FORMAT` */
export function validateTensors(tensors: readonly TensorLike[]): readonly TensorLike[] {
  if (Array.isArray(tensors)) return tensors;
  throw new OctetError("ERR_FORMAT", `got ${formatValue(tensors)}; pass an array of the tensors that toState gave`);
}

/** Gives the memory of a device's tensor back; data on the host is left to the garbage collector. */
export function release(value: object): void {
  if ("dispose" in value) (value as Tensor).dispose();
}
