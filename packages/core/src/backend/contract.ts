/**
 * The contract between Octet and a device.
 *
 * You pass a backend as a value; nothing looks it up by name. A backend computes what the numeric contract says (the same bytes as the
 * reference for everything marked exact), owns the memory of what it makes, and runs its ops in call order. It knows nothing of models,
 * files or tokenizers, and does not choose itself: packages above do that, and they know only this page.
 *
 * Ops are values. An `Op` holds all that does not depend on a device; a backend brings kernels for the ops it can run, so this contract
 * never grows by an op. Users call functions (`linear(x, w, { activations })`), which call `backend.run(linearOp, inputs, params)`.
 *
 * Promises of every implementation, checked by the conformance suite:
 * - An op checks its arguments and throws at the call (the checks are the op's own `plan`, so every backend throws the same error), may
 *   run later, and runs in call order. It never consumes an input; the caller owns the result and disposes it.
 * - Only a `State` changes, and only by ops that name it, in call order. Everything else is immutable.
 * - An error that only shows at run time (NaN, a lost device, memory that ran out) is thrown by the call, or rejects every later `download`
 *   that depends on the result and the next `sync`. Of several errors, the one of the first failing input counts, then the op's own.
 * - An error in an op that changes a state undoes that op and all later ones on the state that were called before the error was known:
 *   the state's length goes back, and reading any of their results throws the same error.
 * - `upload` has copied the host's data when it returns; `download` resolves to a fresh copy.
 * - Shapes and granularities are copies too, and frozen: later changes of a caller's objects do not reach a tensor.
 * - A recorded program gives the bytes of its ops called one by one.
 * - Disposing twice is harmless; using what is disposed is `ERR_DISPOSED`; a handle of another backend is `ERR_FOREIGN_TENSOR`.
 * - `dispose` of a backend disposes everything that it made.
 *
 * `DeviceBackend` (`@octet/core/backend`) keeps the promises about handles, memory, errors, states and programs; a class that extends it supplies
 * memory and kernels.
 */
import type { OptionKinds } from "../options.ts";
import type { DType } from "../tensors/dtype.ts";
import type { QuantizedForm, RowCodesForm, StateForm, StateView, TensorForm } from "../tensors/forms.ts";
import type { HostQuantizedTensor, QuantizedTensorLike } from "../tensors/host-quantized-tensor.ts";
import type { HostTensor, TensorLike } from "../tensors/host-tensor.ts";
import type { HostRowCodes } from "../tensors/row-codes.ts";
import type { HostState, StateMemory } from "../tensors/state.ts";

/** Something on a device. Made only by a backend, owned by the caller who received it. */
export interface Handle extends Disposable {
  /** Bytes of the data, without padding that the device adds. */
  readonly byteLength: number;
  readonly backend: Backend;
  readonly disposed: boolean;
  /** Gives the memory back. Harmless the second time. */
  dispose(): void;
}

/** Elements of one dtype, row-major. */
export interface Tensor<D extends DType = DType> extends Handle, TensorForm<D> {}

/** Codes and scales of a weight. Opaque: a backend may pad, repack or keep both parts together. */
export interface QuantizedTensor extends Handle, QuantizedForm {}

/** Codes of activations and a scale for each row, for exact linear layers. Opaque like `QuantizedTensor`. */
export interface RowCodes extends Handle, RowCodesForm {}

/** Rows by slot and position: the only thing that ops may change. A KV cache is one. */
export interface State extends Handle, StateForm {
  /** The number of positions after the last op that was called. Goes back when an op turns out to have failed. */
  readonly length: number;
  /**
   * Forgets the positions from `length` on. Later ops give the same bytes as if those positions had never been written.
   * @throws OctetError `ERR_RANGE` above the length, or where a ring no longer holds the rows that position `length` needs
   */
  truncate(length: number): void;
  /** Forgets all positions. */
  reset(): void;
  /** A state of its own with the same rows. */
  copy(): State;
}

/** A handle that never changes. */
export type DataHandle = Tensor | QuantizedTensor | RowCodes;

export type AnyHandle = DataHandle | State;

/** The form of the data behind a handle type. */
export type FormOf<T> = T extends readonly (infer Element)[]
  ? readonly FormOf<Element>[]
  : T extends State
    ? StateView
    : T extends QuantizedTensor
      ? QuantizedForm
      : T extends RowCodes
        ? RowCodesForm
        : T extends Tensor<infer D>
          ? TensorForm<D>
          : T;

/** The data behind a handle type, on the host. An op's definition changes a state in place. */
export type HostOf<T> = T extends readonly (infer Element)[]
  ? readonly HostOf<Element>[]
  : T extends State
    ? StateMemory
    : T extends QuantizedTensor
      ? HostQuantizedTensor
      : T extends RowCodes
        ? HostRowCodes
        : T extends Tensor<infer D>
          ? HostTensor<D>
          : T;

export type Forms<Inputs> = { readonly [Name in keyof Inputs]: FormOf<Inputs[Name]> };
export type Hosts<Inputs> = { readonly [Name in keyof Inputs]: HostOf<Inputs[Name]> };

/** The result of `plan`. */
export interface OpPlan<Params, Result> {
  /** The parameters with their defaults. */
  readonly params: Required<Params>;
  /** The form of the result; undefined for ops that only change a state. */
  readonly output: FormOf<Result>;
  /** Positions beyond its length that the op writes to, or counts in, each of its states. Default 0. */
  readonly ahead?: number;
  /** Positions that the op adds to each state it changes. Default 0. */
  readonly advance?: number;
}

/**
 * One operation: all of it that does not depend on a device. Its identity is the object; the name is for messages and reports.
 * `Inputs` maps names to handles, to arrays of handles or, if they are in `optional`, to undefined.
 */
export interface Op<Inputs extends object, Params extends object, Result> {
  readonly name: string;
  /** The names of all parameters and what each may hold: a misspelled one is refused before `plan`. */
  readonly params: OptionKinds<Params>;
  /** Inputs that may be left out. */
  readonly optional?: readonly (keyof Inputs)[];
  /** States among the inputs that the op changes. Other states are only read. */
  readonly changes?: readonly (keyof Inputs)[];
  /** Checks forms and the values of parameters, and says what comes out. @throws OctetError `ERR_SHAPE`, `ERR_DTYPE`, `ERR_UNSUPPORTED`, `ERR_RANGE` */
  plan(inputs: Forms<Inputs>, params: Params): OpPlan<Params, Result>;
  /** The definition, on the host. Its inputs and parameters have passed `plan`. @throws OctetError `ERR_NON_FINITE` */
  compute(inputs: Hosts<Inputs>, params: Required<Params>): HostOf<Result>;
  /** The inputs that must be finite, in the order in which they are looked at. Default: none. */
  finite?(params: Required<Params>): readonly (keyof Inputs)[];
  /** Only for fused ops: the definition as a sequence of other ops, whose bytes are the op's. */
  readonly parts?: OpParts<Inputs, Params>;
}

/** An op of any kind, where only its identity and name count. */
// biome-ignore lint/suspicious/noExplicitAny: the parameters of Op are contravariant, so that no other type takes all ops
export type AnyOp = Op<any, any, any>;

/** Runs one op on values of some kind: handles, host tensors, or forms. */
export type RunPart<Value> = <Inputs extends object, Params extends object, Result>(
  op: Op<Inputs, Params, Result>,
  inputs: { readonly [Name in keyof Inputs]: Value | undefined },
  params: NoInfer<Params>,
) => Value;

/** The sequence of ops that a fused op stands for, on values of any kind. */
export type OpParts<Inputs, Params> = <Value>(
  run: RunPart<Value>,
  inputs: { readonly [Name in keyof Inputs]: Value },
  params: Params,
) => Value;

/** A call of an op without its data, for `supports` and `prepare`. Without type arguments, a call of any op. */
// biome-ignore lint/suspicious/noExplicitAny: as for AnyOp
export interface OpCall<Inputs extends object = any, Params extends object = any, Result = any> {
  readonly op: Op<Inputs, Params, Result>;
  readonly inputs: Forms<Inputs>;
  readonly params: Params;
}

/** Ops that were recorded and run as one. It is bound to its states, and to the tensors that it used besides its inputs. */
export interface Program<Inputs extends object, Result> extends Disposable {
  readonly disposed: boolean;
  /**
   * Runs the ops on the contents of `inputs`: tensors of the recorded forms, and the very states that were recorded. The caller owns
   * the results. An error in any op is the error of all results, and undoes what the run did to states.
   * @throws OctetError `ERR_SHAPE`, `ERR_DTYPE`, `ERR_UNSUPPORTED` for other forms or states, `ERR_RANGE` where a state is full
   */
  run(inputs: Inputs): Result;
  /** Gives back the memory of the program. The states and tensors that it used stay. */
  dispose(): void;
}

export interface BackendInfo {
  /** "reference", "wasm", "webgpu", "cuda", or the name of a third party's. */
  readonly name: string;
  /** The device, for people: "NVIDIA H200", "google/swiftshader". */
  readonly device: string;
  readonly apiVersion: 2;
  /** The largest tensor that can be uploaded or made, in bytes. */
  readonly maxTensorBytes: number;
  /** Features in use, for reports: "relaxed-simd", "threads=4". */
  readonly features: readonly string[];
  /** Names of fused ops that run as the sequence of their parts, since the backend has no kernel for them. */
  readonly composed: readonly string[];
}

export interface MemoryUse {
  /** Live handles, states and programs, each counting once. */
  readonly tensors: number;
  /** The sum of their `byteLength`, and the memory of programs. */
  readonly bytes: number;
}

export interface Backend extends Disposable {
  readonly info: BackendInfo;
  readonly disposed: boolean;

  /**
   * Whether this op runs here on inputs of these forms: natively, or as the parts of a fused op. An op that does not run throws
   * `ERR_UNSUPPORTED`; nothing falls back. False for every call that the op's `plan` refuses.
   */
  supports<Inputs extends object, Params extends object, Result>(
    op: Op<Inputs, Params, Result>,
    inputs: Forms<Inputs>,
    params: NoInfer<Params>,
  ): boolean;

  /** Compiles ahead what these calls need, so that the first of them does not wait for it. */
  prepare?(calls: readonly OpCall[]): Promise<void>;

  /** Copies host data to the device, before it returns. @throws OctetError `ERR_FORMAT` for bad codes or scales, `ERR_OUT_OF_MEMORY` */
  upload<D extends DType>(host: TensorLike<D>): Tensor<D>;
  upload(host: QuantizedTensorLike): QuantizedTensor;
  upload(host: HostRowCodes): RowCodes;
  upload(host: HostState): State;

  /** A fresh copy of the data, in the same form on every backend. Rejects with the error of any op that it depends on. */
  download<D extends DType>(tensor: Tensor<D>): Promise<HostTensor<D>>;
  download(tensor: QuantizedTensor): Promise<HostQuantizedTensor>;
  download(codes: RowCodes): Promise<HostRowCodes>;
  download(state: State): Promise<HostState>;

  /** Runs an op. @throws OctetError what its `plan` says, `ERR_UNSUPPORTED`, `ERR_FOREIGN_TENSOR`, `ERR_DISPOSED`, `ERR_OUT_OF_MEMORY` */
  run<Inputs extends object, Params extends object, Result>(
    op: Op<Inputs, Params, Result>,
    inputs: NoInfer<Inputs>,
    params: NoInfer<Params>,
  ): Result;

  /**
   * Calls `steps` once to record the ops that it runs, without running them. `inputs` gives the forms of the tensors that change from
   * run to run, and the states. Everything else that the ops use must live as long as the program.
   * @throws OctetError `ERR_UNSUPPORTED` for what cannot be recorded: uploads, downloads, waiting, the end of the backend, states that are not among the inputs,
   * results that the steps did not make
   */
  record<Inputs extends object, Result>(steps: (inputs: Inputs) => Result, inputs: Inputs): Program<Inputs, Result>;

  /** An empty state. @throws OctetError `ERR_SHAPE`, `ERR_DTYPE`, `ERR_RANGE`, `ERR_OUT_OF_MEMORY` */
  state(form: StateForm): State;

  /** Resolves when every op called so far has run; rejects with the first error that no `download` has reported. */
  sync(): Promise<void>;

  memory(): MemoryUse;

  /** Gives back everything the backend holds, with all tensors, states and programs that it made. Harmless the second time. */
  dispose(): void;
}

/** Starts a backend, or throws `ERR_UNAVAILABLE` with the reason. */
export type BackendFactory = () => Backend | Promise<Backend>;
