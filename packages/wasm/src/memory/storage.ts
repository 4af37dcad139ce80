import { type QuantizedForm, sizeOf } from "@octet/core";
import { bytesOf, type Form, isQuantizedForm, isRowCodesForm, normalizedLayout } from "@octet/core/backend";
import type { Task } from "../run/task-queue.ts";
import { blockSize } from "./block-allocator.ts";
import { codeLayout } from "./code-layout.ts";

/** A block of memory. Its handle holds it, and so does each download under way; after the last of them it is freed. */
export class Storage {
  readonly address: number;
  /** The last work that fills it in; undefined for an upload, which is there at once. */
  task: Task | undefined = undefined;
  holders = 1;

  constructor(address: number) {
    this.address = address;
  }
}

/** Bytes of the block of something. Kernels may read a few bytes past codes; scales are there. */
export function storageBytes(form: Form): number {
  if (isQuantizedForm(form)) return scaleOffset(form) + normalizedLayout(form.granularity, form.shape).channels * 4;
  return isRowCodesForm(form) ? codeLayout(form.shape).bytes : bytesOf(form);
}

/** Codes lie at the start of the block of a quantized tensor, scales here, in bytes. */
export function scaleOffset({ shape }: Pick<QuantizedForm, "shape">): number {
  return blockSize(sizeOf(shape));
}
