import { bytesPerElement, sizeOf } from "@octet/core";
import { slotIndex, slotMemory } from "@octet/core/backend";
import type { WasmState } from "./operand.ts";

/** The memory of a slot as kernels see it. */
export interface SlotMemory {
  /** The address of the rows. */
  readonly memory: number;
  /** The address of the state's length. */
  readonly length: number;
  readonly rows: number;
  /** Bytes from one row to the next. */
  readonly stride: number;
  /** Bytes of a row, without padding. */
  readonly rowBytes: number;
}

export function memoryOf({ form, rows: storages, length }: WasmState, name: string): SlotMemory {
  const index = slotIndex(form, name);
  const slot = form.slots[index];
  const [rows, elements] = slotMemory(slot, form).shape;
  const bytes = bytesPerElement[slot.dtype];
  return {
    memory: storages[index].address,
    length: length.address,
    rows,
    stride: elements * bytes,
    rowBytes: sizeOf(slot.shape) * bytes,
  };
}
