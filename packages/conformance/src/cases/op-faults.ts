import { type FloatDType, sizeOf } from "@octet/core";
import type { Fault } from "../faults.ts";

/** What every case that checks an op catches: an op runs, its inputs and surroundings are looked at, its memory is counted. */
export const everyOpCatches: readonly Fault[] = ["leak", "consumed-input", "overwritten-neighbour", "wrong-memory"];

/** What a case catches by the shape of its result alone. */
export function shapeCatches(shape: readonly number[]): readonly Fault[] {
  const last = shape.at(-1) ?? 1;
  return sizeOf(shape) > 0 && last % 4 !== 0 ? ["dropped-tail"] : [];
}

/** What a case catches by the dtype of its result alone. */
export function outputCatches(dtype: FloatDType): readonly Fault[] {
  return dtype === "float32" ? [] : ["ignored-output-dtype"];
}
