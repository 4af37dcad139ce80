import type { StateForm } from "../tensors/forms.ts";
import type { AnyOp, FormOf, Forms, Op, State } from "./contract.ts";

/** An input or a result, as a kernel sees it: its form, and the memory that the backend keeps for it. */
export interface Operand<Form, Storage> {
  readonly form: Form;
  readonly storage: Storage;
}

/** A state as a kernel sees it. */
export interface StateOperand<Storage> {
  readonly form: StateForm;
  /** The memory of each slot, laid out as `slotMemory` says: the row of position p is row p % rows. */
  readonly rows: readonly Storage[];
  /** int32 `[1]`: how many positions there are. */
  readonly length: Storage;
}

/** The type of a handle's operand in a kernel. */
export type OperandOf<T, Storage> = T extends readonly (infer Element)[]
  ? readonly OperandOf<Element, Storage>[]
  : T extends State
    ? StateOperand<Storage>
    : T extends object
      ? Operand<FormOf<T>, Storage>
      : T;

export type Operands<Inputs, Storage> = { readonly [Name in keyof Inputs]: OperandOf<Inputs[Name], Storage> };

/** Describes how a device runs an op on these operands. `Launch` is the type that the backend's `launch` takes. */
export type Kernel<Inputs, Params, Result, Storage, Launch> = (
  inputs: Operands<Inputs, Storage>,
  params: Required<Params>,
  output: OperandOf<Result, Storage>,
) => Launch;

/** A kernel of any op, as the table returns it. The operands are those of the op that was asked for. */
export type AnyKernel<Launch> = (inputs: never, params: never, output: never) => Launch;

/** Where a backend looks for the kernel of a call. */
export interface KernelTable<Launch> {
  /** Whether there is a kernel of this op at all. */
  has(op: AnyOp): boolean;
  find(op: AnyOp, inputs: object, params: object): AnyKernel<Launch> | undefined;
}

interface Line<Launch> {
  readonly kernel: AnyKernel<Launch>;
  readonly accepts: (inputs: never, params: never) => boolean;
}

/** The kernels of a backend, by op. An op without a line, or a call that its line does not accept, is unsupported. */
export class Kernels<Storage, Launch> implements KernelTable<Launch> {
  readonly #lines = new Map<AnyOp, Line<Launch>>();

  /** `accepts` narrows what the kernel can do; by default it does all that the op's `plan` lets through. */
  add<Inputs extends object, Params extends object, Result>(
    op: Op<Inputs, Params, Result>,
    kernel: Kernel<Inputs, Params, Result, Storage, Launch>,
    accepts: (inputs: Forms<Inputs>, params: Required<Params>) => boolean = () => true,
  ): this {
    this.#lines.set(op, { kernel: kernel as AnyKernel<Launch>, accepts });
    return this;
  }

  has(op: AnyOp): boolean {
    return this.#lines.has(op);
  }

  find(op: AnyOp, inputs: object, params: object): AnyKernel<Launch> | undefined {
    const line = this.#lines.get(op);
    return line?.accepts(inputs as never, params as never) ? line.kernel : undefined;
  }
}
