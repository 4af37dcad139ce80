import { DisposableObject } from "../disposable-object.ts";
import { OctetError } from "../errors.ts";
import { formatValue } from "../format-value.ts";
import { physicalRows, type StateForm, type StateSlot, stateBytes } from "../tensors/forms.ts";
import type { Backend, State } from "./contract.ts";
import type { StateOperand } from "./kernels.ts";
import type { Outcome } from "./outcome.ts";

/** The services of the backend for a state. */
export interface StateOwner<Storage> {
  /** Sets the device's count of positions, in call order. */
  setLength(state: StateHandle<Storage>, length: number): void;
  copy(state: StateHandle<Storage>): StateHandle<Storage>;
  release(state: StateHandle<Storage>): void;
}

export interface StateParts<Storage> {
  readonly backend: Backend;
  readonly owner: StateOwner<Storage>;
  readonly operand: StateOperand<Storage>;
  readonly history: StateHistory;
  /** How its memory was made and filled; undefined where nothing can have gone wrong. */
  readonly made: Outcome | undefined;
  /** How the last op went that changed it. */
  readonly outcome: Outcome | undefined;
}

/** What a copy of a state takes over: where it is, and how far it may yet have to go back. */
export interface StateHistory {
  readonly length: number;
  /** For each slot, the oldest position whose row is in memory. */
  readonly oldest: readonly number[];
  /** In call order. */
  readonly changes: readonly Change[];
}

/** A change that may still turn out to have failed. */
interface Change {
  readonly outcome: Outcome;
  /** The length to go back to. */
  before: number;
}

/**
 * A state and its history. The host counts positions as ops are called; the device keeps a count of its own, which kernels read. When an
 * op turns out to have failed, it and all later ones are undone by setting both counts back: rows beyond the count are never read.
 */
export class StateHandle<Storage> extends DisposableObject implements State {
  readonly backend: Backend;
  readonly operand: StateOperand<Storage>;
  readonly slots: readonly StateSlot[];
  readonly capacity: number;
  declare readonly chunk?: number;
  readonly byteLength: number;
  readonly #owner: StateOwner<Storage>;
  readonly #made: Outcome | undefined;
  readonly #changes: Change[];
  readonly #oldest: number[];
  #length: number;
  #outcome: Outcome | undefined;
  #lost = false;
  #disposed = false;

  constructor({ backend, owner, operand, history, made, outcome }: StateParts<Storage>) {
    super();
    const { slots, capacity, chunk } = operand.form;
    this.backend = backend;
    this.operand = operand;
    this.slots = slots;
    this.capacity = capacity;
    if (chunk !== undefined) this.chunk = chunk;
    this.byteLength = stateBytes(operand.form);
    this.#owner = owner;
    this.#length = history.length;
    this.#oldest = [...history.oldest];
    this.#changes = history.changes.map((change) => ({ ...change }));
    this.#made = made;
    this.#outcome = outcome;
    Object.freeze(this);
  }

  get length(): number {
    return this.#length;
  }

  get form(): StateForm {
    return this.operand.form;
  }

  get history(): StateHistory {
    return { length: this.#length, oldest: this.#oldest, changes: this.#changes };
  }

  /** How its memory was made and filled; undefined where nothing can have gone wrong. */
  get made(): Outcome | undefined {
    return this.#made;
  }

  /** The outcome of the last op that changed it; undefined if nothing can have gone wrong. */
  get outcome(): Outcome | undefined {
    return this.#outcome;
  }

  get disposed(): boolean {
    return this.#disposed;
  }

  truncate(length: number): void {
    this.#owner.setLength(this, this.#checkLength(length));
  }

  reset(): void {
    this.#owner.setLength(this, 0);
  }

  copy(): State {
    return this.#owner.copy(this);
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#owner.release(this);
  }

  /** Notes an op that wrote rows up to `ahead` positions beyond the length, and added `advance` positions. */
  change(outcome: Outcome | undefined, ahead: number, advance: number): void {
    if (outcome !== undefined) this.#changes.push({ outcome, before: this.#length });
    this.#outcome = outcome ?? this.#outcome;
    this.#overwrite(ahead);
    this.#length += advance;
  }

  /** Notes ops that failed at once, after some of them may have written rows up to `ahead` positions beyond the length. */
  abandon(ahead: number): void {
    this.#overwrite(ahead);
    this.#lost ||= !this.#canGoOnAt(this.#length);
  }

  /** Notes that the length was cut. A later undo does not restore more positions than this. */
  cut(length: number): void {
    this.#length = length;
    for (const change of this.#changes) change.before = Math.min(change.before, length);
    if (length > 0) return;
    this.#oldest.fill(0);
    this.#lost = false;
  }

  /** Takes in outcomes that are known by now. Returns the length to go back to if an op failed. */
  settle(): number | undefined {
    while (this.#changes.length > 0 && this.#changes[0].outcome.settled) {
      const { outcome, before } = this.#changes[0];
      if (outcome.error !== undefined) {
        this.#changes.length = 0;
        this.#outcome = this.#made;
        this.#lost = !this.#canGoOnAt(before);
        return before;
      }
      this.#changes.shift();
    }
    return undefined;
  }

  /**
   * Refuses a state that had to go back further than its rings reach: ops that were called before an earlier one was known to have
   * failed have overwritten the rows that it needs.
   * @throws OctetError `ERR_RANGE`
   */
  validateRows(): void {
    if (!this.#lost) return;
    throw new OctetError(
      "ERR_RANGE",
      `an op on this state failed, and later ones have overwritten the rows before position ${this.#length}; reset the state`,
    );
  }

  /** Notes which rows those up to `ahead` positions beyond the length have replaced. */
  #overwrite(ahead: number): void {
    const written = this.#length + ahead;
    for (const [index, slot] of this.slots.entries()) {
      this.#oldest[index] = Math.max(this.#oldest[index], written - physicalRows(slot, this.form));
    }
  }

  /** Whether every slot still has the rows that position `length` needs. */
  #canGoOnAt(length: number): boolean {
    return this.slots.every(({ keep }, index) => {
      const needed = keep === undefined ? 0 : Math.max(0, length - keep);
      return needed >= length || needed >= this.#oldest[index];
    });
  }

  #checkLength(length: number): number {
    if (!Number.isInteger(length) || length < 0 || length > this.#length) {
      throw new OctetError(
        "ERR_RANGE",
        `got the length ${formatValue(length)}; this state can go back to 0..${this.#length}`,
      );
    }
    if (this.#canGoOnAt(length)) return length;
    throw new OctetError(
      "ERR_RANGE",
      `the rows before position ${length} have left the ring; go back less far, reset the state, or load a saved one`,
    );
  }
}
