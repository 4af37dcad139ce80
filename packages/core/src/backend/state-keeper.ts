import {
  type Form,
  normalizeStateForm,
  type StateForm,
  slotMemory,
  stateBytes,
  type TensorForm,
} from "../tensors/forms.ts";
import { HostTensor } from "../tensors/host-tensor.ts";
import { type HostState, stateMemoryOf } from "../tensors/state.ts";
import type { Backend } from "./contract.ts";
import type { StateOperand } from "./kernels.ts";
import { combineFindings, type Finding, type MaybeFinding, type Outcome } from "./outcome.ts";
import { StateHandle, type StateHistory, type StateOwner } from "./state-handle.ts";
import { validateBytes, validateOwned } from "./validation.ts";

/** The services of a device for states: their memory is that of tensors, and one launch sets their length. */
export interface StateDevice<Storage> {
  allocate(form: Form): Storage;
  write(storage: Storage, host: HostTensor): MaybeFinding;
  copy(from: Storage, to: Storage, form: Form): MaybeFinding;
  release(storage: Storage): void;
  launchSetLength(operand: StateOperand<Storage>, length: number): void;
  /** The outcome of work that depends on these. */
  open(inputs: readonly { readonly outcome: Outcome | undefined }[], finding: Finding | undefined): Outcome | undefined;
  /** Refuses what cannot be done now, such as while a program is recorded. */
  validate(what: string): void;
}

const lengthForm = { dtype: "int32", shape: [1] } as const;

/** Makes the states of a backend and keeps them in step with the outcomes of ops. */
export class StateKeeper<Storage> implements StateOwner<Storage> {
  readonly #backend: Backend;
  readonly #device: StateDevice<Storage>;
  readonly #live: Set<object>;
  readonly #states = new Set<StateHandle<Storage>>();

  /** `live` is the backend's set of all that it must dispose. */
  constructor(backend: Backend, device: StateDevice<Storage>, live: Set<object>) {
    this.#backend = backend;
    this.#device = device;
    this.#live = live;
  }

  /** A state with this content. @throws OctetError `ERR_OUT_OF_MEMORY` */
  upload(host: HostState): StateHandle<Storage> {
    const form = normalizeStateForm(host);
    validateBytes(this.#backend, stateBytes(form));
    const { length } = host;
    const memory = length > 0 ? stateMemoryOf(host).rows : undefined;
    const oldest = form.slots.map((_, index) => (length > 0 ? length - host.rows[index].shape[0] : 0));
    return this.#make(form, { length, oldest, changes: [] }, [], (_form, index, storage) => {
      if (index === undefined) return this.#device.write(storage, new HostTensor("int32", [1], Int32Array.of(length)));
      return memory && this.#device.write(storage, memory[index]);
    });
  }

  copy(state: StateHandle<Storage>): StateHandle<Storage> {
    validateOwned(this.#backend, state, "the state to copy");
    this.#device.validate("copying a state");
    state.validateRows();
    return this.#make(state.form, state.history, [state], (memory, index, storage) => {
      const { rows, length } = state.operand;
      return this.#device.copy(index === undefined ? length : rows[index], storage, memory);
    });
  }

  setLength(state: StateHandle<Storage>, length: number): void {
    validateOwned(this.#backend, state, "the state");
    this.#device.validate("cutting a state");
    this.#device.launchSetLength(state.operand, length);
    state.cut(length);
  }

  release(state: StateHandle<Storage>): void {
    this.#states.delete(state);
    this.#live.delete(state);
    for (const storage of storagesOfState(state.operand)) this.#device.release(storage);
  }

  /** Undoes the ops that failed, once outcomes are settled. */
  settle(): void {
    for (const state of this.#states) {
      const length = state.settle();
      if (length === undefined) continue;
      this.#device.launchSetLength(state.operand, length);
      state.cut(length);
    }
  }

  /** Sets the device's count back to the host's, after launches that failed at once. */
  restore(states: Iterable<StateHandle<Storage>>): void {
    for (const state of states) this.#device.launchSetLength(state.operand, state.length);
  }

  /**
   * `fill` is called for the memory of each slot, and without an index for that of the length. `originals` are the states that this is a
   * copy of, at most one.
   */
  #make(
    form: StateForm,
    history: StateHistory,
    originals: readonly StateHandle<Storage>[],
    fill: (memory: TensorForm, index: number | undefined, storage: Storage) => MaybeFinding,
  ): StateHandle<Storage> {
    const storages: Storage[] = [];
    const findings: MaybeFinding[] = [];
    try {
      const filled = (memory: TensorForm, index?: number): Storage => {
        const storage = this.#device.allocate(memory);
        storages.push(storage);
        findings.push(fill(memory, index, storage));
        return storage;
      };
      const rows = form.slots.map((slot, index) => filled(slotMemory(slot, form), index));
      const operand = { form, rows, length: filled(lengthForm) };
      const made = this.#device.open(
        originals.map((original) => ({ outcome: original.made })),
        combineFindings(findings),
      );
      // Changes of the original that fail are undone here too; its memory stays what was made of it.
      const outcome =
        history.changes.length === 0 ? made : this.#device.open([...originals, { outcome: made }], undefined);
      const state = new StateHandle({ backend: this.#backend, owner: this, operand, history, made, outcome });
      this.#states.add(state);
      this.#live.add(state);
      return state;
    } catch (error) {
      for (const storage of storages) this.#device.release(storage);
      throw error;
    }
  }
}

/** Everything that the memory of a state consists of. */
export function storagesOfState<Storage>({ rows, length }: StateOperand<Storage>): readonly Storage[] {
  return [...rows, length];
}
