import type { FloatDType, QuantizedTensor, Tensor } from "@octet/core";
import { isQuantizedForm, type OperandOf } from "@octet/core/backend";
import { type BoundRange, bindRange } from "../../layout/buffer-range.ts";
import { type CodeLayout, codeLayout, rowsBytes } from "../../layout/code-layout.ts";
import type { Storage } from "../../storage.ts";
import { type CodeBuffers, codeBuffersOf, type FloatSource, sourceOf } from "../operands.ts";

/** A weight [n, k] on the device. */
export type LinearWeight = { readonly kind: "float"; readonly source: FloatSource } | CodeWeight;

interface CodeWeight extends CodeBuffers {
  readonly kind: "codes";
  readonly layout: CodeLayout;
  /** Scales of a row: k / size for groups, 1 per channel; 0 where all rows share one. */
  readonly scalesPerRow: number;
  /** Of groups; undefined for the rest. */
  readonly groupSize: number | undefined;
}

export type WeightOperand = OperandOf<QuantizedTensor | Tensor<FloatDType>, Storage>;

export function weightOf(operand: WeightOperand): LinearWeight {
  const { form, storage } = operand;
  if (!isQuantizedForm(form)) return { kind: "float", source: sourceOf({ form, storage }) };
  const { granularity, shape } = form;
  const groupSize = granularity.kind === "group" ? granularity.size : undefined;
  return {
    kind: "codes",
    layout: codeLayout(shape),
    ...codeBuffersOf(storage),
    scalesPerRow: groupSize !== undefined ? shape[1] / groupSize : granularity.kind === "tensor" ? 0 : 1,
    groupSize,
  };
}

/** Bytes of what a launch binds for each row of a weight, at most. */
export function weightRowBytes(weight: LinearWeight, k: number): number {
  if (weight.kind === "float") return k * weight.source.elementBytes;
  return Math.max(weight.layout.quads * 16, weight.scalesPerRow * 4);
}

/** Rows of a weight as a launch binds them. */
export interface BoundWeight {
  readonly range: BoundRange;
  readonly scales: readonly BoundRange[];
  readonly params: {
    readonly wShift: number;
    readonly wBlock: number;
    readonly wScalesShift: number;
    readonly wScalesStep: number;
    readonly groupSize: number;
  };
}

/** Binds rows `first` to `end`. */
export function bindWeight(weight: LinearWeight, k: number, first: number, end: number): BoundWeight {
  if (weight.kind === "float") {
    const { buffer, elementBytes } = weight.source;
    const range = bindRange({ buffer, start: first * k * elementBytes, end: end * k * elementBytes });
    const params = { wShift: range.shift / elementBytes, wBlock: 1, wScalesShift: 0, wScalesStep: 0, groupSize: 1 };
    return { range, scales: [], params };
  }
  const { layout, codes, scales, scalesPerRow, groupSize = 1 } = weight;
  const range = bindRange({ buffer: codes, start: rowsBytes(layout, first), end: rowsBytes(layout, end) });
  const scaleBytes = scalesPerRow * 4;
  const scaleRange = bindRange({
    buffer: scales,
    start: first * scaleBytes,
    end: scaleBytes === 0 ? 4 : end * scaleBytes,
  });
  const params = {
    wShift: range.shift / 16,
    wBlock: layout.block,
    wScalesShift: scaleRange.shift / 4,
    wScalesStep: scalesPerRow,
    groupSize,
  };
  return { range, scales: [scaleRange], params };
}
