import { activationRange, bytesPerElement, type LinearGeometry, OctetError, type OpSpec } from "@octet/core";
import { type BoundRange, bindRange } from "../buffer-range.ts";
import { codeChunks } from "../code-chunks.ts";
import { type CodeLayout, rowLayout, rowsBytes } from "../code-layout.ts";
import type { ShaderFeatures } from "../device.ts";
import type { Operation } from "../operation.ts";
import type { Shader } from "../shader.ts";
import { linearTileShader, tileColumns, tileRows } from "./linear-tile.ts";
import type { LinearVariant } from "./linear-variant.ts";
import { linearVectorShader, type VectorShape } from "./linear-vector.ts";
import { padRows, padRowsShader } from "./pad-rows.ts";
import { channelScalesShader } from "./quantize-scattered.ts";
import { quantizeStretches, stretchesShaders } from "./quantize-stretches.ts";
import type { FloatSource } from "./quantize-task.ts";

/** A weight [n, k] on the device. */
export type LinearWeight =
  | { readonly kind: "float"; readonly source: FloatSource }
  | {
      readonly kind: "codes";
      readonly layout: CodeLayout;
      readonly codes: GPUBuffer;
      readonly scales: GPUBuffer;
      /** Scales of a row: k / size for groups, 1 per channel; 0 where all rows share one. */
      readonly scalesPerRow: number;
      /** Of groups; undefined for the rest. */
      readonly groupSize: number | undefined;
    };

/** Activations as the kernels read them. */
interface Activations {
  readonly buffer: GPUBuffer;
  readonly rowBytes: number;
  /** Bytes of the units that shifts count in. */
  readonly unit: number;
  /** [m] in the exact modes. */
  readonly scales: GPUBuffer | undefined;
}

/**
 * Enqueues `y = x w^T + bias` and returns the buffer of y.
 *
 * Bytes moved: the weights once for every 8 rows of x (32 in tiles), x once and what is made of it (padded float32, or codes) written once
 * and read by every workgroup, from a cache; y once, and once more where tiles are of a half type, which is cleared first.
 */
export function linear(
  operation: Operation,
  x: FloatSource,
  weight: LinearWeight,
  bias: FloatSource | undefined,
  geometry: LinearGeometry,
): GPUBuffer {
  const { m, n, k, dtype: output, activations } = geometry;
  const { features, maxRangeBytes } = operation.device;
  const bytes = bytesPerElement[output];
  const y = operation.result(m * n * bytes);
  if (m === 0 || n === 0) return y;
  const quads = Math.ceil(k / 16);
  const variant: LinearVariant = {
    activations,
    weights: weight.kind === "float" ? weight.source.dtype : weight.groupSize === undefined ? "codes" : "groups",
    bias: bias?.dtype,
    output,
    packedDot: features.packedDot,
  };
  const { shader, perWorkgroup, mergesIntoZeroes } = chooseKernel(variant, m, n, quads, features);
  if (mergesIntoZeroes) operation.clear(y, m * n * bytes);
  const rows =
    activations === "float" ? floatRows(operation, x, m, k, quads) : codeRows(operation, x, m, k, activations);
  const mStep = stepOf(maxRangeBytes, Math.max(rows.rowBytes, n * bytes), 1, "a row of x or of the result");
  const nStep = stepOf(
    maxRangeBytes,
    weightRowBytes(weight, k),
    weight.kind === "codes" ? weight.layout.block : 1,
    "a row of the weight",
  );
  const biasRange = bias && [bindRange({ buffer: bias.buffer, start: 0, end: n * bias.elementBytes })];
  for (let firstN = 0; firstN < n; firstN += nStep) {
    const endN = Math.min(firstN + nStep, n);
    const w = bindWeight(weight, k, firstN, endN);
    for (let firstM = 0; firstM < m; firstM += mStep) {
      const endM = Math.min(firstM + mStep, m);
      const xRange = bindRange({ buffer: rows.buffer, start: firstM * rows.rowBytes, end: endM * rows.rowBytes });
      const xScales = rows.scales && bindRange({ buffer: rows.scales, start: firstM * 4, end: endM * 4 });
      const yRange = bindRange({ buffer: y, start: firstM * n * bytes, end: endM * n * bytes });
      const mBlocks = Math.ceil((endM - firstM) / perWorkgroup.m);
      operation.launch(
        shader,
        [
          endM - firstM,
          endN - firstN,
          k,
          quads,
          n,
          firstN,
          mBlocks,
          xRange.shift / rows.unit,
          (xScales?.shift ?? 0) / 4,
          w.shift,
          w.block,
          w.scalesShift,
          w.scalesPerRow,
          w.groupSize,
          yRange.shift / bytes,
        ],
        [xRange, w.range, ...(xScales ? [xScales] : []), ...w.scales, ...(biasRange ?? []), yRange],
        mBlocks * Math.ceil((endN - firstN) / perWorkgroup.n),
      );
    }
  }
  return y;
}

function floatRows(operation: Operation, x: FloatSource, m: number, k: number, quads: number): Activations {
  return { buffer: padRows(operation, x, m, k, quads), rowBytes: quads * 64, unit: 16, scales: undefined };
}

/** Each row of x as codes and a scale, in temporary buffers. */
function codeRows(operation: Operation, x: FloatSource, m: number, k: number, mode: "int16" | "int8"): Activations {
  const { features, maxRangeBytes } = operation.device;
  const planes = mode === "int8" ? ("bytes" as const) : ("high-low" as const);
  const layout = rowLayout(m, k, 1);
  const rowBytes = layout.quads * (mode === "int8" ? 16 : 32);
  const codes = operation.scratch(m * rowBytes);
  const scales = operation.scratch(m * 4);
  const range = activationRange[mode];
  const task = { operation, features, x, range, planes };
  const target = { layout, codes, scales };
  if (k === 0) {
    operation.clear(scales, m * 4);
    const all = bindRange({ buffer: scales, start: 0, end: m * 4 });
    operation.launch(channelScalesShader(range.qmax), [0, m], [all], Math.ceil(m / 256));
  } else {
    for (const chunk of codeChunks(layout, maxRangeBytes)) quantizeStretches(task, target, chunk, k);
  }
  return { buffer: codes, rowBytes, unit: 4, scales };
}

/** Rows of `rowBytes` that fit a binding, a multiple of `unit`. */
function stepOf(maxBytes: number, rowBytes: number, unit: number, what: string): number {
  const step = Math.floor(maxBytes / Math.max(rowBytes, 1) / unit) * unit;
  if (step > 0) return step;
  throw new OctetError(
    "ERR_OUT_OF_MEMORY",
    `${what} takes ${rowBytes} bytes and the device binds ${maxBytes} at once; split the layer`,
  );
}

function weightRowBytes(weight: LinearWeight, k: number): number {
  if (weight.kind === "float") return k * weight.source.elementBytes;
  return Math.max(weight.layout.quads * 16, weight.scalesPerRow * 4);
}

interface BoundWeight {
  readonly range: BoundRange;
  readonly shift: number;
  readonly block: number;
  readonly scales: readonly BoundRange[];
  readonly scalesShift: number;
  readonly scalesPerRow: number;
  readonly groupSize: number;
}

function bindWeight(weight: LinearWeight, k: number, first: number, end: number): BoundWeight {
  if (weight.kind === "float") {
    const { buffer, elementBytes } = weight.source;
    const range = bindRange({ buffer, start: first * k * elementBytes, end: end * k * elementBytes });
    return {
      range,
      shift: range.shift / elementBytes,
      block: 1,
      scales: [],
      scalesShift: 0,
      scalesPerRow: 0,
      groupSize: 1,
    };
  }
  const { layout, codes, scales, scalesPerRow, groupSize = 1 } = weight;
  const range = bindRange({ buffer: codes, start: rowsBytes(layout, first), end: rowsBytes(layout, end) });
  const scaleBytes = scalesPerRow * 4;
  const scaleRange = bindRange({
    buffer: scales,
    start: first * scaleBytes,
    end: scaleBytes === 0 ? 4 : end * scaleBytes,
  });
  return {
    range,
    shift: range.shift / 16,
    block: layout.block,
    scales: [scaleRange],
    scalesShift: scaleRange.shift / 4,
    scalesPerRow,
    groupSize,
  };
}

interface ChosenKernel {
  readonly shader: Shader;
  /** Whether y has to be cleared before. */
  readonly mergesIntoZeroes: boolean;
  /** Results of a workgroup. */
  readonly perWorkgroup: { readonly m: number; readonly n: number };
}

/** The rows of x up to which the matrix-vector kernel is used. */
const maxVectorRows = 8;

/** On a CPU that poses as a GPU barriers cost more than reading the weights again. */
const maxVectorRowsInSoftware = 64;

function chooseKernel(
  variant: LinearVariant,
  m: number,
  n: number,
  quads: number,
  features: ShaderFeatures,
): ChosenKernel {
  if (m > (features.software ? maxVectorRowsInSoftware : maxVectorRows)) {
    return {
      shader: linearTileShader(variant),
      mergesIntoZeroes: variant.output !== "float32",
      perWorkgroup: { m: tileRows, n: tileColumns },
    };
  }
  const shape = vectorShape(m, n, quads, features);
  return {
    shader: linearVectorShader(variant, shape),
    mergesIntoZeroes: false,
    perWorkgroup: { m: shape.mRows, n: shape.nRows },
  };
}

function vectorShape(m: number, n: number, quads: number, { software }: ShaderFeatures): VectorShape {
  const mRows = m > 4 ? 8 : m > 2 ? 4 : m;
  // A GPU has more threads than most weights have rows: K is sliced, the more the fewer rows there are.
  if (software || quads < 16) return { mRows, nRows: 64, slices: 1 };
  return n <= 16384 ? { mRows, nRows: 16, slices: 16 } : { mRows, nRows: 64, slices: 4 };
}

/** The shaders that a linear op may need, whatever the shapes. */
export function linearShaders(spec: Extract<OpSpec, { op: "linear" }>, features: ShaderFeatures): Shader[] {
  const { dtype, activations, weight, bias, outputDType: output } = spec;
  const { packedDot, software } = features;
  const weights = "dtype" in weight ? weight.dtype : weight.granularity.kind === "group" ? "groups" : "codes";
  const variant: LinearVariant = { activations, weights, bias, output, packedDot };
  const shapes = [1, 2, 4, 8].flatMap((mRows) => [
    { mRows, nRows: 64, slices: 1 },
    ...(software
      ? []
      : [
          { mRows, nRows: 16, slices: 16 },
          { mRows, nRows: 64, slices: 4 },
        ]),
  ]);
  const products = [linearTileShader(variant), ...shapes.map((shape) => linearVectorShader(variant, shape))];
  if (activations === "float") return [padRowsShader(dtype), ...products];
  const range = activationRange[activations];
  const planes = activations === "int8" ? "bytes" : "high-low";
  return [...stretchesShaders(dtype, range, planes, features), channelScalesShader(range.qmax), ...products];
}
