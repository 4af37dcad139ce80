import { OctetError } from "../errors.ts";
import { bytesOf, type Form } from "../tensors/forms.ts";
import type { AnyHandle, Backend, DataHandle } from "./contract.ts";
import { type DeviceHandle, formOf, makeHandle } from "./handles.ts";
import { mapInputs } from "./inputs.ts";
import type { Step } from "./launching.ts";
import type { StateHandle } from "./state-handle.ts";
import { isState, validateOwned } from "./validation.ts";

/** How a device gives memory. */
export interface Memory<Storage> {
  allocate(form: Form): Storage;
  release(storage: Storage): void;
}

/** What a program does to one of its states. */
export interface RecordedState<Storage> {
  readonly state: StateHandle<Storage>;
  /** Positions beyond the length before the run that it writes or counts: what must fit. */
  ahead: number;
  /** Those of them that it writes: rows of a ring that they replace are gone. */
  written: number;
  /** Positions that it adds. */
  advance: number;
  changed: boolean;
}

/** The error of what cannot be part of a program. */
export function notRecordable(what: string): OctetError {
  return new OctetError("ERR_UNSUPPORTED", `${what} cannot be recorded; do it before or after the program`);
}

/**
 * A program in the making: the launches so far and their memory. Handles that ops give meanwhile stand for memory of the program; memory
 * of those that the recorded function disposes is used again by later steps.
 */
export class Recording<Storage, Launch> {
  readonly steps: Step<Storage, Launch>[] = [];
  /** Handles that were made before, in the order of their first use. */
  readonly constants: Set<DeviceHandle<Storage>> = new Set();
  readonly states: Map<StateHandle<Storage>, RecordedState<Storage>> = new Map();
  readonly #backend: Backend;
  readonly #memory: Memory<Storage>;
  readonly #owned: Storage[] = [];
  readonly #made = new Set<DeviceHandle<Storage>>();
  /** Memory of disposed intermediates, by form. */
  readonly #idle = new Map<string, Storage[]>();
  #bytes = 0;

  constructor(backend: Backend, memory: Memory<Storage>) {
    this.#backend = backend;
    this.#memory = memory;
  }

  /** Memory that belongs to the program. */
  get owned(): readonly Storage[] {
    return this.#owned;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Memory for the result of a step. */
  allocate(form: Form): Storage {
    const idle = this.#idle.get(JSON.stringify(form))?.pop();
    if (idle !== undefined) return idle;
    const storage = this.#memory.allocate(form);
    this.#owned.push(storage);
    this.#bytes += bytesOf(form);
    return storage;
  }

  /** The handle of an input, or of the result of a step. */
  keep(form: Form, storage: Storage): DeviceHandle<Storage> & DataHandle {
    const release = (handle: DeviceHandle<Storage>) => this.#reuse(form, handle);
    const handle = makeHandle({ backend: this.#backend, storage, outcome: undefined, release }, form);
    this.#made.add(handle);
    return handle;
  }

  /** The handle that stands for an input of the program. Its memory is not used again: each run fills it in. */
  keepInput(handle: AnyHandle): AnyHandle {
    if (isState(handle)) {
      const state = handle as unknown as StateHandle<Storage>;
      this.states.set(state, { state, ahead: 0, written: 0, advance: 0, changed: false });
      return handle;
    }
    const form = formOf(handle);
    const storage = this.allocate(form);
    const input = makeHandle({ backend: this.#backend, storage, outcome: undefined, release: () => {} }, form);
    this.#made.add(input);
    return input;
  }

  /** Inputs as `plan` sees them: handles are forms, but how far a state has come is known only since the program began. */
  formsOf(inputs: object): object {
    return mapInputs(inputs, (handle: AnyHandle) => {
      if (!isState(handle)) return handle;
      const { slots, capacity, chunk } = handle;
      const length = this.states.get(handle as unknown as StateHandle<Storage>)?.advance ?? 0;
      return { slots, capacity, ...(chunk !== undefined && { chunk }), length };
    });
  }

  /** Notes what a step uses. @throws OctetError `ERR_UNSUPPORTED` for a state that is not among the inputs */
  use(handle: AnyHandle): void {
    if (isState(handle)) {
      if (this.states.has(handle as unknown as StateHandle<Storage>)) return;
      throw new OctetError(
        "ERR_UNSUPPORTED",
        "a program uses only states that are among its inputs; name this one there",
      );
    }
    const device = handle as unknown as DeviceHandle<Storage>;
    if (!this.#made.has(device)) this.constants.add(device);
  }

  /** Notes how far beyond its length a step reaches in each of its states, so that a run checks it as a call does. */
  reach(handles: readonly AnyHandle[], ahead: number): void {
    if (ahead === 0) return;
    for (const handle of handles) {
      const recorded = this.states.get(handle as unknown as StateHandle<Storage>);
      if (recorded !== undefined) recorded.ahead = Math.max(recorded.ahead, recorded.advance + ahead);
    }
  }

  /** Notes that a step writes up to `ahead` positions beyond the length of a state, and adds `advance`. */
  change(state: StateHandle<Storage>, ahead: number, advance: number): void {
    const recorded = this.states.get(state) as RecordedState<Storage>;
    recorded.written = Math.max(recorded.written, recorded.advance + ahead);
    recorded.advance += advance;
    recorded.changed = true;
  }

  /** Checks one of the results. @throws OctetError `ERR_UNSUPPORTED`, `ERR_FOREIGN_TENSOR`, `ERR_DISPOSED` */
  validateResult(handle: unknown): asserts handle is DeviceHandle<Storage> & DataHandle {
    validateOwned(this.#backend, handle, "the result of the recorded steps");
    const device = handle as unknown as DeviceHandle<Storage>;
    if (this.#made.has(device) && this.steps.some(({ call }) => call.output === device.storage)) return;
    throw new OctetError(
      "ERR_UNSUPPORTED",
      "the recorded steps gave a result that they did not make; return what an op gave",
    );
  }

  /** Ends the life of the handles that stood for memory of the program. */
  close(): void {
    this.#idle.clear();
    for (const handle of this.#made) handle.dispose();
  }

  /** Gives the memory back, when no program comes of it. */
  abandon(): void {
    this.close();
    for (const storage of this.#owned) this.#memory.release(storage);
  }

  #reuse(form: Form, { storage }: DeviceHandle<Storage>): void {
    const key = JSON.stringify(form);
    const idle = this.#idle.get(key) ?? [];
    idle.push(storage);
    this.#idle.set(key, idle);
  }
}
