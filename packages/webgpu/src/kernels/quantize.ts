import { bitRange, type FloatDType, type Granularity, scaleLayout } from "@octet/core";
import { codeChunks } from "../code-chunks.ts";
import { codeLayout } from "../code-layout.ts";
import type { ShaderFeatures } from "../device.ts";
import type { Operation } from "../operation.ts";
import type { Shader } from "../shader.ts";
import {
  channelCodesShader,
  channelMaximaShader,
  channelScalesShader,
  quantizeScattered,
} from "./quantize-scattered.ts";
import { areStretches, quantizeStretches, stretchesShaders } from "./quantize-stretches.ts";
import type { FloatSource } from "./quantize-task.ts";

/**
 * Enqueues the quantization of x, of a shape, and returns the buffers of codes, in the layout of `codeLayout`, and of scales.
 *
 * Bytes moved: x twice (the second read of a row comes from a cache where the row fits one), codes and scales once.
 */
export function quantize(
  operation: Operation,
  x: FloatSource,
  shape: readonly number[],
  granularity: Granularity,
  bits: number,
): { readonly codes: GPUBuffer; readonly scales: GPUBuffer } {
  const { features, maxRangeBytes } = operation.device;
  const layout = codeLayout(shape);
  const scalesOf = scaleLayout(granularity, shape);
  const { outer, channels, inner } = scalesOf;
  const codes = operation.result(layout.bytes);
  const scales = operation.result(channels * 4);
  const chunks = codeChunks(layout, maxRangeBytes);
  if (chunks.length === 0 || layout.cols === 0) {
    quantizeNothing(operation, scales, channels, bits);
    return { codes, scales };
  }
  const range = codeRange(bits);
  const task = { operation, features, x, range, planes: "bytes" as const };
  const target = { layout, codes, scales };
  const contiguous = outer === 1 && chunks.length <= layout.rows;
  if (contiguous && areStretches(inner, layout.cols, channels)) {
    for (const chunk of chunks) quantizeStretches(task, target, chunk, inner);
  } else {
    quantizeScattered(task, target, scalesOf, chunks);
  }
  return { codes, scales };
}

/** A tensor without elements: its groups, if there are any, have the scale 1. */
function quantizeNothing(operation: Operation, scales: GPUBuffer, channels: number, bits: number): void {
  operation.clear(scales, channels * 4);
  const { qmax } = codeRange(bits);
  const range = { binding: { buffer: scales, offset: 0, size: scales.size }, shift: 0 };
  operation.launch(channelScalesShader(qmax), [0, channels], [range], Math.ceil(channels / 256));
}

function codeRange(bits: number): { qmax: number; lowest: number } {
  const { highest, lowest } = bitRange(bits);
  return { qmax: highest, lowest };
}

/** The shaders that `quantize` may need for a dtype and a number of bits; which ones depends on the shape. */
export function quantizeShaders(dtype: FloatDType, bits: number, features: ShaderFeatures): Shader[] {
  const range = codeRange(bits);
  return [
    ...stretchesShaders(dtype, range, "bytes", features),
    channelMaximaShader(dtype),
    channelScalesShader(range.qmax),
    channelCodesShader(dtype, range),
  ];
}
