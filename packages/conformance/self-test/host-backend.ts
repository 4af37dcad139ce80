import {
  type AnyHandle,
  type AnyOp,
  type DType,
  type HostQuantizedTensor,
  type HostRowCodes,
  type HostState,
  type HostTensor,
  hostTensor,
  OctetError,
  type Program,
  type QuantizedTensor,
  type QuantizedTensorLike,
  type RowCodes,
  type State,
  sizeOf,
  type Tensor,
  type TensorLike,
} from "@octet/core";
import {
  allocate,
  copyHost,
  DeviceBackend,
  type Finding,
  type Form,
  type HostData,
  isQuantizedForm,
  isRowCodesForm,
  type KernelTable,
  type Operand,
  type StateOperand,
} from "@octet/core/backend";
import { Definitions } from "./definitions.ts";

/** The memory of a handle of `HostBackend`. */
export interface HostStorage {
  host: HostData | undefined;
}

export type HostOperand = Operand<Form, HostStorage> | StateOperand<HostStorage>;

/** An op on its operands. */
export interface HostLaunch {
  readonly op: AnyOp;
  readonly inputs: Readonly<Record<string, HostOperand | undefined>>;
  readonly params: object;
  readonly output: Operand<Form, HostStorage> | undefined;
}

/**
 * A backend in the memory of the host, made to be broken: ops run by definitions that may be replaced, and subclasses change what the
 * device does. Where `late`, it runs nothing before something is read or waited for, and finds errors only then. `offers` leaves out ops.
 */
export class HostBackend extends DeviceBackend<HostStorage, HostLaunch> {
  /** Whether the steps of a program are being recorded. */
  protected recording = false;
  readonly #definitions: Definitions;
  readonly #late: boolean;
  readonly #queue: (() => void)[] = [];

  constructor(definitions: Definitions = new Definitions(), late = false, offers: (op: AnyOp) => boolean = () => true) {
    const info = { name: "host", device: "JavaScript engine", maxTensorBytes: 2 ** 32, features: [] };
    super(info, tableOf(definitions, offers));
    this.#definitions = definitions;
    this.#late = late;
  }

  override record<Inputs extends object, Result>(
    steps: (inputs: Inputs) => Result,
    inputs: Inputs,
  ): Program<Inputs, Result> {
    return super.record((standIns: Inputs) => {
      this.recording = true;
      try {
        return steps(standIns);
      } finally {
        this.recording = false;
      }
    }, inputs);
  }

  override upload<D extends DType>(host: TensorLike<D>): Tensor<D>;
  override upload(host: QuantizedTensorLike): QuantizedTensor;
  override upload(host: HostRowCodes): RowCodes;
  override upload(host: HostState): State;
  override upload(host: never): AnyHandle {
    return this.uploadAny(host);
  }

  override download<D extends DType>(tensor: Tensor<D>): Promise<HostTensor<D>>;
  override download(tensor: QuantizedTensor): Promise<HostQuantizedTensor>;
  override download(codes: RowCodes): Promise<HostRowCodes>;
  override download(state: State): Promise<HostState>;
  override download(handle: never): Promise<unknown> {
    return this.downloadAny(handle);
  }

  /** What every upload does: subclasses override this, and need not repeat the overloads. */
  protected uploadAny(host: never): AnyHandle {
    return super.upload(host);
  }

  /** What every download does, as `uploadAny`. */
  protected downloadAny(handle: AnyHandle): Promise<unknown> {
    return super.download(handle as never);
  }

  protected override allocate(form: Form): HostStorage {
    if (isQuantizedForm(form) || isRowCodesForm(form)) return { host: undefined };
    // Ones: nothing may count on zeros in fresh memory.
    return { host: hostTensor(form.dtype, form.shape, allocate(form.dtype, sizeOf(form.shape)).fill(1)) };
  }

  protected override write(storage: HostStorage, host: HostData): void {
    storage.host = copyHost(host);
  }

  protected override read(storage: HostStorage): Promise<HostData> {
    return this.#whenDone(() => copyHost(storage.host as HostData));
  }

  protected override copy(from: HostStorage, to: HostStorage): void {
    this.#enqueue(() => this.copyNow(from, to));
  }

  protected override release(): void {}

  protected override launch(launch: HostLaunch): Finding | undefined {
    if (!this.#late) {
      this.perform(launch);
      return undefined;
    }
    const finding: { known: boolean; error: OctetError | undefined } = { known: false, error: undefined };
    this.#enqueue(() => {
      try {
        this.perform(launch);
      } catch (error) {
        finding.error = OctetError.isInstance(error) ? error : new OctetError("ERR_DEVICE_LOST", String(error));
      }
      finding.known = true;
    });
    return finding;
  }

  protected override wait(): Promise<void> {
    return this.#whenDone(() => undefined);
  }

  protected override close(): void {}

  protected copyNow(from: HostStorage, to: HostStorage): void {
    to.host = from.host && copyHost(from.host);
  }

  /** Computes an op. */
  protected perform({ op, inputs, params, output }: HostLaunch): void {
    const hosts = Object.fromEntries(Object.entries(inputs).map(([name, operand]) => [name, hostOf(operand)]));
    const result = this.#definitions.of(op)(hosts, params) as HostData | undefined;
    if (output !== undefined && result !== undefined) this.store(output.storage, result);
  }

  /** Keeps the result of an op. */
  protected store(storage: HostStorage, result: HostData): void {
    storage.host = result;
  }

  #enqueue(work: () => void): void {
    if (this.#late) this.#queue.push(work);
    else work();
  }

  #whenDone<Result>(finish: () => Result): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#enqueue(() => {
        try {
          resolve(finish());
        } catch (error) {
          reject(error); // nothing was computed, since an op has failed: the base tells which
        }
      });
      if (this.#late) setTimeout(() => this.#drain());
    });
  }

  #drain(): void {
    for (const work of this.#queue.splice(0)) work();
  }
}

/** Fused ops run as their parts, unless they have a definition of their own: so a wrong part is wrong in them too. */
function tableOf(definitions: Definitions, offers: (op: AnyOp) => boolean): KernelTable<HostLaunch> {
  const has = (op: AnyOp) => offers(op) && (op.parts === undefined || definitions.has(op));
  return {
    has,
    find: (op) =>
      has(op)
        ? (inputs: HostLaunch["inputs"], params: object, output: HostLaunch["output"]) => ({
            op,
            inputs,
            params,
            output,
          })
        : undefined,
  };
}

function hostOf(operand: HostOperand | undefined): unknown {
  if (operand === undefined) return undefined;
  if ("storage" in operand) return operand.storage.host;
  return { ...operand.form, rows: operand.rows.map(({ host }) => host), length: operand.length.host };
}
