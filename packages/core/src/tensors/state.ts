import { OctetError } from "../errors.ts";
import { formatValue } from "../format-value.ts";
import { allocate, bytesPerElement, type TypedArrayOf } from "./dtype.ts";
import { keptRows, normalizeStateForm, type StateForm, type StateSlot, slotMemory } from "./forms.ts";
import { HostTensor, normalizeHostTensor } from "./host-tensor.ts";
import { equalShapes, formatShape, sizeOf } from "./shape.ts";

/** A state on the host, in the form that is the same on every backend. */
export interface HostState extends StateForm {
  readonly length: number;
  /** For each slot the rows of the last positions that it keeps, oldest first: `[kept, ...row]`. */
  readonly rows: readonly HostTensor[];
}

/** The memory of a state, as ops' definitions change it: `rows[s]` is laid out as `slotMemory` says, `length` holds one number. */
export interface StateMemory extends StateForm {
  readonly rows: readonly HostTensor[];
  readonly length: HostTensor<"int32">;
}

export function isHostState(value: unknown): value is HostState {
  return typeof value === "object" && value !== null && "slots" in value;
}

/** The row of a slot at a position, as a view of the slot's memory, without padding. */
export function rowAt(memory: HostTensor, slot: StateSlot, position: number): TypedArrayOf[keyof TypedArrayOf] {
  const [rows, stride] = memory.shape;
  const start = (position % rows) * stride;
  return memory.data.subarray(start, start + sizeOf(slot.shape));
}

/** The memory of an empty state. */
export function emptyStateMemory(form: StateForm): StateMemory {
  const rows = form.slots.map((slot) => {
    const memory = slotMemory(slot, form);
    return new HostTensor(memory.dtype, memory.shape, allocate(memory.dtype, sizeOf(memory.shape)));
  });
  return { ...form, rows, length: new HostTensor("int32", [1], new Int32Array(1)) };
}

/** The memory of a state that the host holds: each row goes where its position belongs. */
export function stateMemoryOf(host: HostState): StateMemory {
  const memory = emptyStateMemory(host);
  memory.length.data[0] = host.length;
  for (const [index, slot] of host.slots.entries()) {
    const kept = host.rows[index];
    const size = sizeOf(slot.shape);
    for (let row = 0; row < kept.shape[0]; row++) {
      const position = host.length - kept.shape[0] + row;
      rowAt(memory.rows[index], slot, position).set(kept.data.subarray(row * size, (row + 1) * size));
    }
  }
  return memory;
}

/** The rows that a state of `length` positions keeps, from its memory. */
export function hostStateOf(form: StateForm, length: number, memory: readonly HostTensor[]): HostState {
  const rows = form.slots.map((slot, index) => {
    const kept = keptRows(slot, length);
    const size = sizeOf(slot.shape);
    const data = allocate(slot.dtype, kept * size);
    for (let row = 0; row < kept; row++) data.set(rowAt(memory[index], slot, length - kept + row), row * size);
    return new HostTensor(slot.dtype, [kept, ...slot.shape], data);
  });
  return { ...form, length, rows };
}

/** Checks a state that comes from outside. @throws OctetError `ERR_FORMAT`, and what `normalizeStateForm` says */
export function validateHostState(host: HostState): HostState {
  const form = normalizeStateForm(host);
  const { length, rows } = host;
  if (!Number.isInteger(length) || length < 0 || length > form.capacity) {
    throw new OctetError(
      "ERR_FORMAT",
      `the state has the length ${formatValue(length)}; use 0 to its capacity, ${form.capacity}`,
    );
  }
  if (!Array.isArray(rows) || rows.length !== form.slots.length) {
    throw new OctetError("ERR_FORMAT", `the state has ${form.slots.length} slots; pass the rows of each`);
  }
  const checked = form.slots.map((slot, index) => {
    const tensor = normalizeHostTensor(rows[index], `the rows of slot ${slot.name}`);
    const wanted = [keptRows(slot, length), ...slot.shape];
    if (tensor.dtype !== slot.dtype || !equalShapes(tensor.shape, wanted)) {
      throw new OctetError(
        "ERR_FORMAT",
        `the rows of slot ${slot.name} are ${tensor.dtype} ${formatShape(tensor.shape)}; at length ${length} they are ${slot.dtype} ${formatShape(wanted)}`,
      );
    }
    return tensor;
  });
  return { ...form, length, rows: checked };
}

/** Bytes of a row in the memory of a slot. */
export function rowStride(slot: StateSlot, form: StateForm): number {
  return slotMemory(slot, form).shape[1] * bytesPerElement[slot.dtype];
}
