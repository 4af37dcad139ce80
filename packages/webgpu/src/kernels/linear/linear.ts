import {
  bytesPerElement,
  type FloatDType,
  type LinearActivations,
  type linearOp,
  type RowCodes,
  type RowCodesKind,
  type Tensor,
} from "@octet/core";
import { isRowCodesForm, type OperandOf, rowCount } from "@octet/core/backend";
import { bindRange } from "../../layout/buffer-range.ts";
import { rowCodesLayout } from "../../layout/row-codes-layout.ts";
import { rowsStep } from "../../layout/rows-step.ts";
import type { Operation } from "../../operation.ts";
import type { KernelOf, Storage } from "../../storage.ts";
import { codeBuffersOf, sourceOf } from "../operands.ts";
import { quantizeRowsOf } from "../quantize/quantize-rows.ts";
import { chooseKernel } from "./choose-kernel.ts";
import { padRows } from "./pad-rows.ts";
import type { LinearVariant } from "./variant.ts";
import { bindWeight, weightOf, weightRowBytes } from "./weight.ts";

/**
 * `y = x w^T + bias`, of activations or their codes.
 *
 * Bytes moved: the weights once for every 8 rows of x (32 in tiles), x once and what is made of it (padded float32, or codes) written once
 * and read by every workgroup, from a cache; y once, and once more where tiles are of a half type, which is cleared first.
 */
export const linearKernel: KernelOf<typeof linearOp> = (
  { x, weight: weightOperand, bias: biasOperand },
  { activations, dtype: output },
  { storage: y },
) => {
  const m = rowCount(x.form.shape);
  const [n, k] = weightOperand.form.shape;
  const weight = weightOf(weightOperand);
  const bias = biasOperand && sourceOf(biasOperand);
  const bytes = bytesPerElement[output];
  const quads = Math.ceil(k / 16);
  return (operation) => {
    if (m === 0 || n === 0) return;
    const { features, maxRangeBytes } = operation;
    const variant: LinearVariant = {
      activations,
      weights: weight.kind === "float" ? weight.source.dtype : weight.groupSize === undefined ? "codes" : "groups",
      bias: bias?.dtype,
      output,
      packedDot: features.packedDot,
    };
    const { shader, perWorkgroup, mergesIntoZeroes } = chooseKernel(variant, m, n, quads, features);
    if (mergesIntoZeroes) operation.clear(y.data, m * n * bytes);
    const rows = rowsOf(operation, x, activations, { m, k, quads });
    const mStep = rowsStep(maxRangeBytes, Math.max(rows.rowBytes, n * bytes), 1, "a row of x or of the result");
    const block = weight.kind === "codes" ? weight.layout.block : 1;
    const nStep = rowsStep(maxRangeBytes, weightRowBytes(weight, k), block, "a row of the weight");
    const biasRange = bias && [bindRange({ buffer: bias.buffer, start: 0, end: n * bias.elementBytes })];
    for (let firstN = 0; firstN < n; firstN += nStep) {
      const endN = Math.min(firstN + nStep, n);
      const w = bindWeight(weight, k, firstN, endN);
      for (let firstM = 0; firstM < m; firstM += mStep) {
        const endM = Math.min(firstM + mStep, m);
        const xRange = bindRange({ buffer: rows.buffer, start: firstM * rows.rowBytes, end: endM * rows.rowBytes });
        const xScales = rows.scales && bindRange({ buffer: rows.scales, start: firstM * 4, end: endM * 4 });
        const yRange = bindRange({ buffer: y.data, start: firstM * n * bytes, end: endM * n * bytes });
        const mBlocks = Math.ceil((endM - firstM) / perWorkgroup.m);
        operation.dispatch(
          shader,
          {
            m: endM - firstM,
            n: endN - firstN,
            k,
            quads,
            columns: n,
            firstN,
            mBlocks,
            xShift: xRange.shift / rows.unit,
            xScalesShift: (xScales?.shift ?? 0) / 4,
            ...w.params,
            yShift: yRange.shift / bytes,
          },
          [xRange, w.range, ...(xScales ? [xScales] : []), ...w.scales, ...(biasRange ?? []), yRange],
          mBlocks * Math.ceil((endN - firstN) / perWorkgroup.n),
        );
      }
    }
  };
};

/** Activations as the kernels read them. */
interface LinearRows {
  readonly buffer: GPUBuffer;
  readonly rowBytes: number;
  /** Bytes of the units that shifts count in. */
  readonly unit: number;
  /** [m] in the exact modes. */
  readonly scales: GPUBuffer | undefined;
}

/** Codes as they are; floats padded to whole quads, or as codes, in temporary buffers. */
function rowsOf(
  operation: Operation,
  { form, storage }: OperandOf<Tensor<FloatDType> | RowCodes, Storage>,
  activations: LinearActivations,
  { m, k, quads }: { readonly m: number; readonly k: number; readonly quads: number },
): LinearRows {
  if (isRowCodesForm(form)) {
    const { codes, scales } = codeBuffersOf(storage);
    return { buffer: codes, rowBytes: rowCodesLayout(form).rowBytes, unit: 4, scales };
  }
  const x = sourceOf({ form, storage });
  if (activations === "float") {
    return { buffer: padRows(operation, x, m, k, quads), rowBytes: quads * 64, unit: 16, scales: undefined };
  }
  const codesForm = { shape: form.shape, activations: activations as RowCodesKind };
  const { bytes, rowBytes } = rowCodesLayout(codesForm);
  const codes = operation.scratch(bytes);
  const scales = operation.scratch(m * 4);
  quantizeRowsOf(operation, x, codesForm, { codes, scales });
  return { buffer: codes, rowBytes, unit: 4, scales };
}
