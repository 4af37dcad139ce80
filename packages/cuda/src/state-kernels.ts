import {
  advanceOp,
  bytesPerElement,
  type FloatDType,
  floatDTypes,
  positionsOp,
  readRowsOp,
  sizeOf,
  writeRowsOp,
} from "@octet/core";
import { type Kernels, type StateOperand, setLengthOp, slotIndex, slotMemory } from "@octet/core/backend";
import type { NativeBuffer } from "./addon.ts";
import type { Launch } from "./launches.ts";
import type { Storage } from "./storage.ts";

/** Adds what the ops on states launch. Rows move as bytes; only those of floats are looked at. */
export function addStateKernels(kernels: Kernels<Storage, Launch>): Kernels<Storage, Launch> {
  return kernels
    .add(writeRowsOp, ({ x, state }, { slot }) => ({
      kernel: "writeRows",
      x: x.storage.data,
      ...rowsOf(state, slot),
      count: x.form.shape[0] as number,
      dtype: floatDTypes.indexOf(x.form.dtype as FloatDType),
    }))
    .add(readRowsOp, ({ state }, { slot, count }, y) => ({
      kernel: "readRows",
      ...rowsOf(state, slot),
      y: y.storage.data,
      count,
    }))
    .add(positionsOp, ({ state }, { count }, y) => ({
      kernel: "positions",
      length: state.length.data,
      y: y.storage.data,
      count,
    }))
    .add(advanceOp, ({ state }, { count }) => ({ kernel: "advance", length: state.length.data, count }))
    .add(setLengthOp, ({ state }, { length }) => ({ kernel: "setLength", length: state.length.data, value: length }));
}

/** The memory of a slot, and how its rows lie in it. */
function rowsOf(
  { form, rows, length }: StateOperand<Storage>,
  name: string,
): {
  readonly rows: NativeBuffer;
  readonly length: NativeBuffer;
  readonly rowBytes: number;
  readonly stride: number;
  readonly physicalRows: number;
} {
  const index = slotIndex(form, name);
  const slot = form.slots[index]!;
  const [physicalRows, elements] = slotMemory(slot, form).shape as readonly [number, number];
  const bytes = bytesPerElement[slot.dtype];
  return {
    rows: rows[index]!.data,
    length: length.data,
    rowBytes: sizeOf(slot.shape) * bytes,
    stride: elements * bytes,
    physicalRows,
  };
}
