import {
  allocate,
  type Backend,
  bytesPerElement,
  type FloatDType,
  float32ToBfloat16,
  float32ToFloat16,
  type HostQuantizedTensor,
  type HostTensor,
  hostTensor,
} from "@octet/core";
import type { SafetensorsReader } from "@octet/safetensors";
import { readBlocks } from "./blocks.ts";
import type { CodingScheme } from "./coding-scheme.ts";
import { floatRows } from "./host-values.ts";
import type { PlannedLayer } from "./plan.ts";
import type { ProgressMeter } from "./progress.ts";
import { cutLayer, runRange, runsOf } from "./runs.ts";
import type { LayerMaxima } from "./scan-scales.ts";

/** Runs, or a piece of one: `[runs, length]`, with one scale a row. */
export interface QuantizedBlock {
  readonly original: HostTensor<FloatDType>;
  readonly codes: Int8Array;
  /** One for each row of `original`. */
  readonly scales: Float32Array;
}

/**
 * The second pass over a weight: its codes, block by block. They are what quantizing the whole weight gives, bit for bit: rows are
 * independent of each other, and a piece of a run too long for a block is quantized beside the run's largest magnitude, so that it gets
 * the run's scale.
 */
export async function* quantizeBlocks(
  reader: SafetensorsReader,
  layer: PlannedLayer,
  { granularity, bits, backend, blockElements }: CodingScheme,
  { longRuns }: LayerMaxima,
  meter: ProgressMeter,
): AsyncGenerator<QuantizedBlock> {
  const { weight, dtype, shape } = layer;
  const runs = runsOf(granularity, shape);
  const blocks = cutLayer(runs, shape, blockElements);
  for await (const { start, end, bytes } of readBlocks(reader, weight, bytesPerElement[dtype], blocks)) {
    const [first, last] = runRange({ start, end }, runs);
    const original = floatRows(dtype, last - first, bytes);
    const amax = end - start < runs.length ? longRuns.get(first) : undefined;
    const { quantized, scale } = await quantize(backend, amax === undefined ? original : append(original, amax), bits);
    yield { original, codes: quantized.data.subarray(0, end - start), scales: scale.data };
    await meter.advance(weight, bytes.byteLength);
  }
}

async function quantize(backend: Backend, rows: HostTensor<FloatDType>, bits: number): Promise<HostQuantizedTensor> {
  using x = backend.upload(rows);
  using quantized = backend.quantize(x, { granularity: { kind: "channel", dim: 0 }, bits });
  return await backend.download(quantized);
}

/** The one row of `piece` with another element at its end. `value` is exact in the dtype: it is the magnitude of an element. */
function append({ dtype, data }: HostTensor<FloatDType>, value: number): HostTensor<FloatDType> {
  const longer = allocate(dtype, data.length + 1);
  longer.set(data);
  longer[data.length] = encode[dtype](value);
  return hostTensor(dtype, [1, longer.length], longer);
}

const encode: Readonly<Record<FloatDType, (value: number) => number>> = {
  float32: (value) => value,
  float16: float32ToFloat16,
  bfloat16: float32ToBfloat16,
};
