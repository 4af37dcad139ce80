import { bytesPerElement, type StateSlot, sizeOf } from "@octet/core";
import { type StateOperand, slotIndex, slotMemory } from "@octet/core/backend";
import { type BoundRange, bindRange } from "../../layout/buffer-range.ts";
import { rowsStep } from "../../layout/rows-step.ts";
import type { Storage } from "../../storage.ts";

/** The memory of a slot: the row of position p is row `p % physicalRows`, and rows are whole words. */
export interface SlotRows {
  readonly slot: StateSlot;
  readonly buffer: GPUBuffer;
  /** Of a row, without padding. */
  readonly rowBytes: number;
  /** Of a row, with padding. */
  readonly rowWords: number;
  readonly physicalRows: number;
}

export function slotRows({ form, rows }: StateOperand<Storage>, name: string): SlotRows {
  const index = slotIndex(form, name);
  const slot = form.slots[index];
  const elementBytes = bytesPerElement[slot.dtype];
  const [physicalRows, elements] = slotMemory(slot, form).shape;
  return {
    slot,
    buffer: rows[index].data,
    rowBytes: sizeOf(slot.shape) * elementBytes,
    rowWords: (elements * elementBytes) / 4,
    physicalRows,
  };
}

/** Rows of a slot that one launch binds. Which rows it needs is known to the device alone, so that each part has a launch. */
export interface SlotPart {
  readonly range: BoundRange;
  readonly params: {
    readonly memoryShift: number;
    readonly boundRow: number;
    readonly endRow: number;
    readonly physicalRows: number;
    readonly rowBytes: number;
    readonly rowWords: number;
  };
}

/** The parameters of kernels on a part of a slot. */
export const slotParamTypes = {
  memoryShift: "u32", // words
  boundRow: "u32", // the first that is bound
  endRow: "u32",
  physicalRows: "u32",
  rowBytes: "u32", // without padding
  rowWords: "u32",
} as const;

/** The parts of a slot. @throws OctetError `ERR_OUT_OF_MEMORY` where not even one row can be bound */
export function slotParts({ buffer, rowBytes, rowWords, physicalRows }: SlotRows, maxBytes: number): SlotPart[] {
  const step = rowsStep(maxBytes, rowWords * 4, 1, "a row of a state");
  return Array.from({ length: Math.ceil(physicalRows / step) }, (_, part) => {
    const boundRow = part * step;
    const endRow = Math.min(boundRow + step, physicalRows);
    const range = bindRange({ buffer, start: boundRow * rowWords * 4, end: endRow * rowWords * 4 });
    return { range, params: { memoryShift: range.shift / 4, boundRow, endRow, physicalRows, rowBytes, rowWords } };
  });
}

/** The device's own count of a state's positions, as a kernel binds it. */
export function lengthRange({ length }: StateOperand<Storage>): BoundRange {
  return bindRange({ buffer: length.data, start: 0, end: 4 });
}
