import { OctetError } from "../errors.ts";
import { formatValue } from "../format-value.ts";
import { bytesPerElement, type DType, isDType } from "./dtype.ts";
import { equalGranularities, type Granularity, normalizedLayout } from "./granularity.ts";
import { equalShapes, formatShape, sizeOf, sizeOfAxes, validateShape } from "./shape.ts";

/** The form of a tensor: everything that is known of it before its data. */
export interface TensorForm<D extends DType = DType> {
  readonly dtype: D;
  readonly shape: readonly number[];
}

/** The form of codes and scales. `shape` is that of the codes, which is that of the tensor they stand for. */
export interface QuantizedForm {
  readonly shape: readonly number[];
  readonly granularity: Granularity;
  /** 2 to 8. */
  readonly bits: number;
}

/** How exact linear layers treat activations: codes of 16 or of 8 bits, with a scale for each row. */
export type RowCodesKind = "int16" | "int8";

/** The form of activations that are quantized by row: codes `[..., K]` and one float32 scale for each run of K. */
export interface RowCodesForm {
  readonly shape: readonly number[];
  readonly activations: RowCodesKind;
}

/** One array of a state: a row for each position. */
export interface StateSlot {
  /** Names the slot in ops and files; unique within the state. */
  readonly name: string;
  readonly dtype: DType;
  /** The shape of the row of one position. */
  readonly shape: readonly number[];
  /** Only the last `keep` rows are ever read again, so that a ring is enough. Default: all rows. */
  readonly keep?: number;
}

/** The form of a state: what it keeps of each position, and how many positions there can be. */
export interface StateForm {
  readonly slots: readonly StateSlot[];
  /** The most positions. At most 2^20. */
  readonly capacity: number;
  /** The most positions that may be written ahead of the length. Rings keep room for them. Default: `capacity`. */
  readonly chunk?: number;
}

/** A state as `plan` sees it: its form, and how many positions it has at the call. */
export interface StateView extends StateForm {
  readonly length: number;
}

/** The form of whatever a handle or a host value may stand for. */
export type Form = TensorForm | QuantizedForm | RowCodesForm;

/** The most positions that a state may have. */
export const maxPositions: number = 2 ** 20;

export function isQuantizedForm(form: object): form is QuantizedForm {
  return "granularity" in form;
}

export function isRowCodesForm(form: object): form is RowCodesForm {
  return "activations" in form;
}

export function isStateForm(form: object): form is StateForm {
  return "slots" in form;
}

export function equalForms(a: Form, b: Form): boolean {
  if (!equalShapes(a.shape, b.shape)) return false;
  if (isQuantizedForm(a)) {
    return isQuantizedForm(b) && a.bits === b.bits && equalGranularities(a.granularity, b.granularity);
  }
  if (isRowCodesForm(a)) return isRowCodesForm(b) && a.activations === b.activations;
  return a.dtype === (b as TensorForm).dtype;
}

/** The rows of x `[..., K]`: the product of all extents but the last. */
export function rowCount(shape: readonly number[]): number {
  return sizeOfAxes(shape, 0, shape.length - 1);
}

/** The dtype of the codes of activations. */
export function rowCodesDType(activations: RowCodesKind): "int16" | "int8" {
  return activations;
}

/** Bytes of the data of a form, whose granularity is normalized, without padding that a device adds. */
export function bytesOf(form: Form): number {
  if (isQuantizedForm(form)) return sizeOf(form.shape) + normalizedLayout(form.granularity, form.shape).channels * 4;
  if (isRowCodesForm(form)) {
    return sizeOf(form.shape) * bytesPerElement[rowCodesDType(form.activations)] + rowCount(form.shape) * 4;
  }
  return sizeOf(form.shape) * bytesPerElement[form.dtype];
}

/** Rows that the memory of a slot has: all positions, or a ring. The row of position p is row `p % physicalRows`. */
export function physicalRows(slot: StateSlot, { capacity, chunk = capacity }: StateForm): number {
  return slot.keep === undefined ? capacity : Math.min(capacity, slot.keep + chunk);
}

/** Rows of a slot that a state of `length` positions keeps: the last ones. */
export function keptRows(slot: StateSlot, length: number): number {
  return slot.keep === undefined ? length : Math.min(length, slot.keep);
}

/**
 * The memory of a slot: `[physicalRows, elements of a row]`. Each row is padded to a multiple of 4 bytes, so that kernels which write
 * whole words never touch a neighbouring row.
 */
export function slotMemory(slot: StateSlot, form: StateForm): TensorForm {
  const unit = 4 / bytesPerElement[slot.dtype];
  const elements = Math.ceil(sizeOf(slot.shape) / unit) * unit;
  return { dtype: slot.dtype, shape: [physicalRows(slot, form), elements] };
}

/** Bytes of all rows of a state that is full, and of its length. */
export function stateBytes(form: StateForm): number {
  return form.slots.reduce((bytes, slot) => bytes + bytesOf(slotMemory(slot, form)), 4);
}

/** The position of a slot among the slots of a state. @throws OctetError `ERR_SHAPE` */
export function slotIndex(form: StateForm, name: string): number {
  const index = form.slots.findIndex((slot) => slot.name === name);
  if (index >= 0) return index;
  const names = form.slots.map((slot) => slot.name).join(", ");
  throw new OctetError("ERR_SHAPE", `the state has no slot ${formatValue(name)}; it has ${names || "none"}`);
}

/** A form for people; the same text only for equal forms. */
export function formatForm(form: Form): string {
  if (isQuantizedForm(form)) {
    return `${form.bits}-bit codes ${formatShape(form.shape)}, scales by ${JSON.stringify(form.granularity)}`;
  }
  if (isRowCodesForm(form)) return `${form.activations} codes of rows ${formatShape(form.shape)}`;
  return `${form.dtype} ${formatShape(form.shape)}`;
}

/** A copy of a state's form, checked. @throws OctetError `ERR_SHAPE`, `ERR_DTYPE`, `ERR_RANGE` */
export function normalizeStateForm(form: StateForm): StateForm {
  if (typeof form !== "object" || form === null || !Array.isArray(form.slots)) {
    throw new OctetError("ERR_SHAPE", `got the state form ${formatValue(form)}; pass { slots, capacity }`);
  }
  const { capacity, chunk } = form;
  validatePositions("capacity", capacity);
  if (chunk !== undefined) validatePositions("chunk", chunk);
  const names = new Set<string>();
  const slots = Array.from(form.slots as readonly unknown[], (slot) => {
    if (typeof slot !== "object" || slot === null) {
      throw new OctetError("ERR_SHAPE", `got the slot ${formatValue(slot)}; pass { name, dtype, shape }`);
    }
    const { name, dtype, shape, keep } = slot as StateSlot;
    const what = `slot ${formatValue(name)}`;
    if (typeof name !== "string" || name === "" || names.has(name)) {
      throw new OctetError("ERR_SHAPE", `${what}: the name of a slot is a string that no other slot has`);
    }
    names.add(name);
    if (!isDType(dtype))
      throw new OctetError("ERR_DTYPE", `${what} has the dtype ${formatValue(dtype)}; use a dtype of core`);
    validateShape(shape, what);
    if (sizeOf(shape) === 0)
      throw new OctetError("ERR_SHAPE", `${what} has rows of ${formatShape(shape)}, without elements`);
    if (keep !== undefined) validatePositions(`keep of ${what}`, keep, 0);
    return Object.freeze({ name, dtype, shape: Object.freeze([...shape]), ...(keep !== undefined && { keep }) });
  });
  return Object.freeze({ slots: Object.freeze(slots), capacity, ...(chunk !== undefined && { chunk }) });
}

function validatePositions(what: string, value: number, least = 1): void {
  if (Number.isInteger(value) && value >= least && value <= maxPositions) return;
  throw new OctetError(
    "ERR_RANGE",
    `${what} is ${formatValue(value)}; use a whole number from ${least} to ${maxPositions}`,
  );
}
