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
  scaleShape,
} from "@octet/core";
import type { SafetensorsReader } from "@octet/safetensors";
import { readBlocks } from "./blocks.ts";
import type { CodingScheme } from "./coding-scheme.ts";
import { floatTensor } from "./host-values.ts";
import { type BlockView, LayerBlocks } from "./layer-blocks.ts";
import type { ProgressMeter } from "./progress.ts";
import type { PlannedLayer } from "./quantization-plan.ts";
import { release } from "./release.ts";
import type { LayerMaxima } from "./scan-scales.ts";

/** A block of a weight, before and after. */
export interface QuantizedBlock {
  readonly original: HostTensor<FloatDType>;
  readonly tensor: HostQuantizedTensor;
}

/**
 * The second pass over a weight: its codes, block by block. They are what quantizing the whole weight gives, bit for bit: runs are
 * independent of each other, and a piece of a run too long for a block is quantized beside the run's largest magnitude, so that it gets
 * the run's scale.
 */
export async function* quantizeBlocks(
  reader: SafetensorsReader,
  { weight, dtype, shape }: PlannedLayer,
  { granularity, bits, backend, blockElements }: CodingScheme,
  { longRuns }: LayerMaxima,
  meter: ProgressMeter,
): AsyncGenerator<QuantizedBlock> {
  const blocks = new LayerBlocks(shape, granularity, blockElements);
  for await (const { bytes, ...block } of readBlocks(reader, weight, bytesPerElement[dtype], blocks)) {
    const view = blocks.view(block);
    const original = floatTensor(dtype, view.shape, bytes);
    const tensor = blocks.isPiece(block)
      ? await quantizePiece(backend, original, view, bits, longRuns.get(blocks.runsOf(block)[0])!)
      : await quantize(backend, original, view, bits);
    yield { original, tensor };
    await meter.advance(weight, bytes.byteLength);
  }
}

async function quantize(
  backend: Backend,
  values: HostTensor<FloatDType>,
  { granularity }: Pick<BlockView, "granularity">,
  bits: number,
): Promise<HostQuantizedTensor> {
  using x = backend.upload(values);
  using quantized = backend.quantize(x, { granularity, bits });
  return await backend.download(quantized);
}

/** `amax` is the largest magnitude of the run that the values are a piece of. */
async function quantizePiece(
  backend: Backend,
  values: HostTensor<FloatDType>,
  { shape, granularity }: BlockView,
  bits: number,
  amax: number,
): Promise<HostQuantizedTensor> {
  const longer = append(values, amax);
  const { quantized, scale } = await quantize(backend, longer, { granularity: { kind: "tensor" } }, bits);
  release(longer.data.buffer);
  return {
    quantized: hostTensor("int8", shape, quantized.data.subarray(0, -1)),
    scale: hostTensor("float32", scaleShape(granularity, shape), scale.data),
    granularity,
    bits,
  };
}

/** All values and one more. `value` is exact in the dtype: it is the magnitude of an element. */
function append({ dtype, data }: HostTensor<FloatDType>, value: number): HostTensor<FloatDType> {
  const longer = allocate(dtype, data.length + 1);
  longer.set(data);
  longer[data.length] = encode[dtype](value);
  return hostTensor(dtype, [longer.length], longer);
}

const encode: Readonly<Record<FloatDType, (value: number) => number>> = {
  float32: (value) => value,
  float16: float32ToFloat16,
  bfloat16: float32ToBfloat16,
};
