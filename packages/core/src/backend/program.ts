import { DisposableObject } from "../disposable-object.ts";
import { OctetError } from "../errors.ts";
import { equalForms, type Form, formatForm } from "../tensors/forms.ts";
import type { AnyHandle, Backend, Program } from "./contract.ts";
import type { DeviceHandle } from "./handles.ts";
import { namedHandles } from "./inputs.ts";
import type { Replay } from "./launching.ts";
import { combineFindings, type Finding, type MaybeFinding } from "./outcome.ts";
import type { RecordedState, Recording } from "./recording.ts";
import type { StateHandle } from "./state-handle.ts";
import { isState, validateOwned } from "./validation.ts";

/** The services of the backend for a program. */
export interface ProgramOwner<Storage> {
  /** Checks that the backend can run a program now. */
  validate(): void;
  allocate(form: Form): Storage;
  copy(from: Storage, to: Storage, form: Form): MaybeFinding;
  release(storage: Storage): void;
  /** Makes handles of results, once it is known what they depend on. */
  finish(
    inputs: readonly AnyHandle[],
    finding: Finding | undefined,
    states: readonly RecordedState<Storage>[],
  ): (form: Form, storage: Storage) => AnyHandle;
  /** Sets the device's counts of positions back after a run that failed at once. */
  restore(states: readonly StateHandle<Storage>[]): void;
  forget(program: RecordedProgram<Storage, object, unknown>): void;
}

/** Memory of the program that is filled in before a run, or copied out after it. */
export interface ProgramPort<Storage> {
  readonly form: Form;
  readonly storage: Storage;
}

export interface ProgramParts<Storage> {
  readonly backend: Backend;
  readonly owner: ProgramOwner<Storage>;
  readonly recording: Recording<Storage, unknown>;
  readonly replay: Replay;
  /** By the name of the input; states by themselves. */
  readonly inputs: ReadonlyMap<string, ProgramPort<Storage> | StateHandle<Storage>>;
  readonly outputs: readonly ProgramPort<Storage>[];
  /** Puts handles into the structure that the recorded function returned. */
  readonly assemble: (results: readonly AnyHandle[]) => unknown;
}

/** A recorded program over the memory that its recording laid out. */
export class RecordedProgram<Storage, Inputs extends object, Result>
  extends DisposableObject
  implements Program<Inputs, Result>
{
  readonly byteLength: number;
  readonly #parts: ProgramParts<Storage>;
  #disposed = false;

  constructor(parts: ProgramParts<Storage>) {
    super();
    this.#parts = parts;
    this.byteLength = parts.recording.bytes;
  }

  get disposed(): boolean {
    return this.#disposed;
  }

  run(inputs: Inputs): Result {
    const { owner, replay, outputs, recording, assemble } = this.#parts;
    const { tensors, handles } = this.#validate(inputs);
    const states = [...recording.states.values()];
    const results: Storage[] = [];
    try {
      for (const { form } of outputs) results.push(owner.allocate(form));
      const findings: MaybeFinding[] = [];
      for (const [handle, port] of tensors) findings.push(owner.copy(handle.storage, port.storage, port.form));
      this.#undoOnError(states, () => {
        findings.push(replay.run());
        for (const [index, { form, storage }] of outputs.entries()) {
          findings.push(owner.copy(storage, results[index], form));
        }
      });
      const keep = owner.finish(
        [...handles, ...(recording.constants as Iterable<unknown> as Iterable<AnyHandle>)],
        combineFindings(findings),
        states,
      );
      return assemble(outputs.map(({ form }, index) => keep(form, results[index]))) as Result;
    } catch (error) {
      for (const storage of results) owner.release(storage);
      throw error;
    }
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    const { owner, replay, recording } = this.#parts;
    replay.dispose();
    for (const storage of recording.owned) owner.release(storage);
    owner.forget(this as unknown as RecordedProgram<Storage, object, unknown>);
  }

  /** A run that fails at once, be it after its ops have run, leaves its states where they were. */
  #undoOnError(states: readonly RecordedState<Storage>[], work: () => void): void {
    try {
      work();
    } catch (error) {
      const changed = states.filter((state) => state.changed);
      for (const { state, written } of changed) state.abandon(written);
      this.#parts.owner.restore(changed.map(({ state }) => state));
      throw error;
    }
  }

  #validate(inputs: Inputs): {
    readonly tensors: readonly (readonly [DeviceHandle<Storage>, ProgramPort<Storage>])[];
    readonly handles: readonly AnyHandle[];
  } {
    const { backend, owner, inputs: wanted, recording } = this.#parts;
    if (this.#disposed) throw new OctetError("ERR_DISPOSED", "the program is disposed; record a new one");
    owner.validate();
    const given = namedHandles(inputs ?? {});
    const extra = [...given.keys()].find((name) => !wanted.has(name));
    if (extra !== undefined) {
      throw new OctetError(
        "ERR_UNSUPPORTED",
        `the program has no input ${extra}; it has ${[...wanted.keys()].join(", ")}`,
      );
    }
    const tensors: (readonly [DeviceHandle<Storage>, ProgramPort<Storage>])[] = [];
    const handles: AnyHandle[] = [];
    for (const [name, port] of wanted) {
      const handle = given.get(name);
      const what = `${name} of the program`;
      validateOwned(backend, handle, what);
      handles.push(handle);
      if (isState(handle) || !("form" in port) || "operand" in port) {
        if (handle === (port as unknown)) continue;
        throw new OctetError(
          "ERR_UNSUPPORTED",
          `${what} is not the state that was recorded; record a program for each state`,
        );
      }
      if (!equalForms(handle, port.form)) {
        throw new OctetError(
          dtypeOf(handle) === dtypeOf(port.form) ? "ERR_SHAPE" : "ERR_DTYPE",
          `${what} is ${formatForm(handle)}; it was recorded with ${formatForm(port.form)}`,
        );
      }
      tensors.push([handle as unknown as DeviceHandle<Storage>, port]);
    }
    for (const constant of recording.constants) validateOwned(backend, constant, "a tensor that the program uses");
    for (const { state, ahead, advance } of recording.states.values()) {
      const needed = Math.max(ahead, advance);
      state.validateRows();
      const { length, capacity } = state;
      if (length + needed <= capacity) continue;
      throw new OctetError(
        "ERR_RANGE",
        `the program needs room for ${needed} positions in a state of ${length}; its capacity is ${capacity}`,
      );
    }
    return { tensors, handles };
  }
}

/** Of tensors alone: codes have none. */
function dtypeOf(form: Form): unknown {
  return "dtype" in form ? form.dtype : undefined;
}
