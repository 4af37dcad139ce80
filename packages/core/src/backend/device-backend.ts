import { DisposableObject } from "../disposable-object.ts";
import { OctetError } from "../errors.ts";
import { fusedOps } from "../ops/fused-ops.ts";
import { planCall, validateCall } from "../ops/plan-op.ts";
import { setLengthOp } from "../ops/state/set-length.ts";
import type { DType } from "../tensors/dtype.ts";
import { bytesOf, type Form, normalizeStateForm, type StateForm, slotMemory } from "../tensors/forms.ts";
import type { HostQuantizedTensor } from "../tensors/host-quantized-tensor.ts";
import type { HostTensor, TensorLike } from "../tensors/host-tensor.ts";
import type { HostRowCodes } from "../tensors/row-codes.ts";
import { type HostState, hostStateOf } from "../tensors/state.ts";
import type {
  AnyHandle,
  AnyOp,
  Backend,
  BackendInfo,
  Forms,
  MemoryUse,
  Op,
  OpPlan,
  Program,
  QuantizedTensor,
  RowCodes,
  State,
  Tensor,
} from "./contract.ts";
import { type DeviceHandle, makeHandle } from "./handles.ts";
import { mapInputs, visitHandles } from "./inputs.ts";
import type { AnyKernel, KernelTable, StateOperand } from "./kernels.ts";
import type { LaunchCall, Replay, Step } from "./launching.ts";
import { changedBy, operandOf, storagesOf } from "./operands.ts";
import { combineFindings, type Finding, type MaybeFinding, type Outcome } from "./outcome.ts";
import { OutcomeLedger } from "./outcome-ledger.ts";
import { type ProgramOwner, RecordedProgram } from "./program.ts";
import { recordProgram } from "./record-program.ts";
import { notRecordable, Recording } from "./recording.ts";
import { runParts } from "./run-parts.ts";
import type { StateHandle } from "./state-handle.ts";
import { type StateDevice, StateKeeper, storagesOfState } from "./state-keeper.ts";
import { supportsOp } from "./supports-op.ts";
import { isState, unsupportedOp, validateAlive, validateBytes, validateOwned, validateUpload } from "./validation.ts";

/** Data on the host that a storage of a device is filled with. */
export type HostData = HostTensor | HostQuantizedTensor | HostRowCodes;

/** The most ops whose outcome is unknown; then the base asks for them, so that what it keeps stays bounded. */
const maxOpenOutcomes = 1024;

/**
 * What all backends on a device have in common: handles, the live set, memory, checked uploads and downloads, ops looked up in a table of
 * kernels, errors that come late, states and recorded programs. A backend supplies memory (`allocate`, `write`, `read`, `copy`,
 * `release`), runs launches in call order (`launch`, `wait`, perhaps `capture`), and brings a table of kernels.
 *
 * `Storage` is the backend's memory of one handle. `Launch` is the description of a launch that its kernels return.
 */
export abstract class DeviceBackend<Storage, Launch> extends DisposableObject implements Backend {
  readonly info: BackendInfo;
  readonly #kernels: KernelTable<Launch>;
  readonly #ledger: OutcomeLedger = new OutcomeLedger();
  readonly #live = new Set<{ readonly byteLength: number; dispose(): void }>();
  readonly #states: StateKeeper<Storage>;
  readonly #programOwner: ProgramOwner<Storage>;
  #recording: Recording<Storage, Launch> | undefined;
  #settling = false;
  /** Gives the memory of a handle back. All handles share it. */
  readonly #release = (handle: DeviceHandle<Storage>): void => {
    this.#live.delete(handle);
    this.release(handle.storage);
  };
  #disposed = false;

  constructor(info: Omit<BackendInfo, "apiVersion" | "composed">, kernels: KernelTable<Launch>) {
    super();
    const composed = fusedOps.filter((op) => !kernels.has(op)).map(({ name }) => name);
    this.info = { ...info, apiVersion: 2, composed };
    this.#kernels = kernels;
    const memory = {
      allocate: (form: Form) => this.allocate(form),
      copy: (from: Storage, to: Storage, form: Form) => this.copy(from, to, form),
      release: (storage: Storage) => this.release(storage),
    };
    const device: StateDevice<Storage> = {
      ...memory,
      write: (storage, host) => this.write(storage, host, host),
      launchSetLength: (operand, length) => this.#launchSetLength(operand, length),
      open: (inputs, finding) => this.#open(inputs as Iterable<unknown> as readonly AnyHandle[], finding),
      validate: (what) => this.#validateNotRecording(what),
    };
    this.#states = new StateKeeper(this, device, this.#live);
    this.#programOwner = {
      ...memory,
      validate: () => this.#validateNotRecording("a program"),
      finish: (inputs, finding, states) => {
        const outcome = this.#open(inputs, finding);
        for (const { state, written, advance, changed } of states) if (changed) state.change(outcome, written, advance);
        return (form, storage) => this.#keep(form, storage, outcome);
      },
      restore: (states) => this.#states.restore(states),
      forget: (program) => this.#live.delete(program),
    };
  }

  /** Memory for something of this form. Its content is not defined. @throws OctetError `ERR_OUT_OF_MEMORY` */
  protected abstract allocate(form: Form): Storage;

  /** Fills memory that no op has used yet. The data may change once it returns. A finding says that the device may yet refuse. */
  protected abstract write(storage: Storage, host: HostData, form: Form): MaybeFinding;

  /**
   * A fresh copy of the data as it is at this place in call order; the memory may be released meanwhile. When it resolves, every launch
   * before it has run and its finding is known; if it could not get findings, the base asks `wait` for those that matter. `changes`
   * says that later launches may change the memory, as they change that of states.
   */
  protected abstract read(storage: Storage, form: Form, changes: boolean): Promise<HostData>;

  /** Copies memory of this form, in call order. A finding says that the device may yet refuse. */
  protected abstract copy(from: Storage, to: Storage, form: Form): MaybeFinding;

  /** Gives memory back. Launches and reads that were called before may still use it. */
  protected abstract release(storage: Storage): void;

  /**
   * Runs a launch after all earlier ones. May return before the launch has run; the finding then tells its outcome.
   * @throws OctetError `ERR_NON_FINITE` where it has run when this returns, `ERR_OUT_OF_MEMORY`, `ERR_DEVICE_LOST`
   */
  protected abstract launch(launch: Launch, call: LaunchCall<Storage>): Finding | undefined;

  /** Resolves when every launch so far has run and its finding is known. */
  protected abstract wait(): Promise<void>;

  /** Gives back whatever the device still holds. Handles have been disposed. */
  protected abstract close(): void;

  /** Turns launches that run again and again into one object. The default runs the list. */
  protected capture(steps: readonly Step<Storage, Launch>[]): Replay {
    return {
      run: () => combineFindings(steps.map(({ launch, call }) => this.launch(launch, call))),
      dispose: () => {},
    };
  }

  get disposed(): boolean {
    return this.#disposed;
  }

  supports<Inputs extends object, Params extends object, Result>(
    op: Op<Inputs, Params, Result>,
    inputs: Forms<Inputs>,
    params: NoInfer<Params>,
  ): boolean {
    return supportsOp(this.#kernels, op, inputs, params);
  }

  upload<D extends DType>(host: TensorLike<D>): Tensor<D>;
  upload(host: HostQuantizedTensor): QuantizedTensor;
  upload(host: HostRowCodes): RowCodes;
  upload(host: HostState): State;
  upload(given: TensorLike | HostQuantizedTensor | HostRowCodes | HostState): AnyHandle {
    const upload = validateUpload(this, given);
    this.#validateNotRecording("an upload");
    if (upload.kind === "state") return this.#makeState(upload.host);
    return this.#uploadData(upload.form, upload.host);
  }

  download<D extends DType>(tensor: Tensor<D>): Promise<HostTensor<D>>;
  download(tensor: QuantizedTensor): Promise<HostQuantizedTensor>;
  download(codes: RowCodes): Promise<HostRowCodes>;
  download(state: State): Promise<HostState>;
  async download(handle: AnyHandle): Promise<HostData | HostState> {
    validateOwned(this, handle, "the tensor to download");
    this.#validateNotRecording("a download");
    if (isState(handle)) return this.#downloadState(handle as unknown as StateHandle<Storage>);
    const { storage, outcome } = handle as unknown as DeviceHandle<Storage>;
    const [data] = await this.#read([[storage, handle]], outcome, false);
    return data;
  }

  run<Inputs extends object, Params extends object, Result>(
    op: Op<Inputs, Params, Result>,
    inputs: NoInfer<Inputs>,
    params: NoInfer<Params>,
  ): Result {
    validateAlive(this);
    validateCall(op, inputs, params);
    const handles = this.#validateInputs(op, inputs);
    // A handle is its own form.
    const forms = (this.#recording?.formsOf(inputs) ?? inputs) as Forms<Inputs>;
    const plan = planCall(op, forms, params);
    const kernel = this.#kernels.find(op, forms, plan.params);
    if (kernel !== undefined) return this.#launchOp(op, inputs, handles, plan, kernel) as Result;
    if (op.parts === undefined) throw unsupportedOp(this, op, forms, params);
    return runParts(this, op, inputs, params) as Result;
  }

  record<Inputs extends object, Result>(steps: (inputs: Inputs) => Result, inputs: Inputs): Program<Inputs, Result> {
    validateAlive(this);
    this.#validateNotRecording("a program");
    if (typeof steps !== "function" || typeof inputs !== "object" || inputs === null) {
      throw new OctetError("ERR_UNSUPPORTED", "record takes a function that calls ops, and an object of its inputs");
    }
    const recording = new Recording<Storage, Launch>(this, {
      allocate: (form) => this.allocate(form),
      release: (storage) => this.release(storage),
    });
    this.#recording = recording;
    try {
      const parts = recordProgram(this, recording, steps, inputs);
      this.#recording = undefined;
      const program = new RecordedProgram<Storage, Inputs, Result>({
        ...parts,
        owner: this.#programOwner,
        replay: this.capture(recording.steps),
      });
      this.#live.add(program);
      return program;
    } catch (error) {
      recording.abandon();
      throw error;
    } finally {
      this.#recording = undefined;
    }
  }

  state(form: StateForm): State {
    validateAlive(this);
    this.#validateNotRecording("making a state");
    return this.#makeState({ ...normalizeStateForm(form), length: 0, rows: [] });
  }

  async sync(): Promise<void> {
    validateAlive(this);
    this.#validateNotRecording("waiting");
    await this.#settleAfter(this.wait());
    const error = this.#ledger.takeUnreported();
    if (error !== undefined) throw error;
  }

  memory(): MemoryUse {
    let bytes = 0;
    for (const { byteLength } of this.#live) bytes += byteLength;
    return { tensors: this.#live.size, bytes };
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#validateNotRecording("disposing the backend");
    this.#disposed = true;
    for (const held of [...this.#live]) held.dispose();
    this.close();
  }

  #launchOp(
    op: AnyOp,
    inputs: object,
    handles: readonly AnyHandle[],
    plan: OpPlan<object, unknown>,
    kernel: AnyKernel<Launch>,
  ): AnyHandle | undefined {
    const { params, ahead = 0, advance = 0 } = plan;
    const form = plan.output as Form | undefined;
    if (form !== undefined) validateBytes(this, bytesOf(form));
    const recording = this.#recording;
    const changed = changedBy<Storage>(op, inputs);
    const output = form && (recording === undefined ? this.allocate(form) : recording.allocate(form));
    try {
      const operands = mapInputs(inputs, operandOf<Storage>);
      const launch = kernel(operands as never, params as never, (form && { form, storage: output }) as never);
      const finite = (op.finite?.(params as never) ?? []).map((name) => (operands as never)[name]);
      const call = { name: op.name, inputs: storagesOf<Storage>(handles), output, finite };
      if (recording !== undefined) {
        recording.steps.push({ launch, call });
        recording.reach(handles, ahead);
        for (const state of changed) recording.change(state, ahead, advance);
        return form && recording.keep(form, output as Storage);
      }
      const outcome = this.#open(handles, this.launch(launch, call));
      for (const state of changed) state.change(outcome, ahead, advance);
      return form && this.#keep(form, output as Storage, outcome);
    } catch (error) {
      if (recording === undefined) {
        if (output !== undefined) this.release(output);
        if (advance > 0) this.#states.restore(changed);
      }
      throw error;
    }
  }

  /** The handles of a call, checked, in the order of its inputs. */
  #validateInputs(op: AnyOp, inputs: object): readonly AnyHandle[] {
    const handles: AnyHandle[] = [];
    visitHandles(inputs, (name, handle) => {
      if (handle === undefined && op.optional?.includes(name)) return;
      validateOwned(this, handle, `${name} of ${op.name}`);
      if (isState(handle)) (handle as unknown as StateHandle<Storage>).validateRows();
      this.#recording?.use(handle);
      handles.push(handle);
    });
    return handles;
  }

  #uploadData(form: Form, host: HostData): AnyHandle {
    const storage = this.allocate(form);
    try {
      return this.#keep(form, storage, this.#open([], this.write(storage, host, form) ?? undefined));
    } catch (error) {
      this.release(storage);
      throw error;
    }
  }

  #keep(form: Form, storage: Storage, outcome: Outcome | undefined): AnyHandle {
    const handle = makeHandle({ backend: this, storage, outcome, release: this.#release }, form);
    this.#live.add(handle);
    return handle;
  }

  #open(inputs: readonly AnyHandle[], finding: Finding | undefined): Outcome | undefined {
    const outcome = this.#ledger.open(inputs as Iterable<unknown> as Iterable<DeviceHandle<Storage>>, finding);
    if (this.#ledger.openCount > maxOpenOutcomes && !this.#settling) {
      this.#settling = true;
      // An error here occurs again in the download or sync that depends on it.
      const done = () => {
        this.#settling = false;
      };
      this.#settleAfter(this.wait()).then(done, done);
    }
    return outcome;
  }

  /** Waits for the device, and then takes in the outcomes of the ops before. */
  async #settleAfter<Result>(work: Promise<Result>): Promise<Result> {
    try {
      return await work;
    } finally {
      this.#ledger.settle();
      if (!this.#disposed) this.#states.settle();
    }
  }

  /** Copies memory to the host. @throws OctetError what went wrong in the outcome's op or in one before it */
  async #read(
    parts: readonly (readonly [Storage, object])[],
    outcome: Outcome | undefined,
    changes = false,
  ): Promise<readonly HostData[]> {
    try {
      const data = await this.#settleAfter(
        Promise.all(parts.map(([storage, form]) => this.read(storage, form as Form, changes))),
      );
      if (outcome?.settled === false) await this.#settleAfter(this.wait());
      const error = outcome?.report();
      if (error !== undefined) throw error;
      return data;
    } catch (error) {
      throw outcome?.report() ?? error;
    }
  }

  #validateNotRecording(what: string): void {
    if (this.#recording !== undefined) throw notRecordable(what);
  }

  #makeState(host: HostState): State {
    this.#setLengthKernel(host);
    return this.#states.upload(host);
  }

  async #downloadState(state: StateHandle<Storage>): Promise<HostState> {
    state.validateRows();
    const { operand, form, length, outcome } = state;
    const parts = operand.rows.map((storage, index) => [storage, slotMemory(form.slots[index], form)] as const);
    return hostStateOf(form, length, (await this.#read(parts, outcome, true)) as readonly HostTensor[]);
  }

  #launchSetLength(operand: StateOperand<Storage>, length: number): void {
    const launch = this.#setLengthKernel(operand.form)(
      { state: operand } as never,
      { length } as never,
      undefined as never,
    );
    const call = { name: setLengthOp.name, inputs: storagesOfState(operand), output: undefined, finite: [] };
    this.#open([], this.launch(launch, call));
  }

  /** @throws OctetError `ERR_UNSUPPORTED` for backends without states */
  #setLengthKernel(form: StateForm): AnyKernel<Launch> {
    const kernel = this.#kernels.find(setLengthOp, { state: form }, { length: 0 });
    if (kernel === undefined) throw unsupportedOp(this, setLengthOp, { state: form }, {});
    return kernel;
  }
}
