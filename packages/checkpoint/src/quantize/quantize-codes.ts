import {
  type Backend,
  bitRange,
  bytesPerElement,
  equalShapes,
  type FloatDType,
  float32ToBfloat16,
  float32ToFloat16,
  formatShape,
  type HostQuantizedTensor,
  type HostTensor,
  hostTensor,
  OctetError,
  quantize,
  scaleShape,
  sizeOf,
  widen,
} from "@octet/core";
import { allocate } from "@octet/core/backend";
import { type Block, readBlocks } from "../bytes/blocks.ts";
import { floatTensor } from "../bytes/host-values.ts";
import { inContext } from "../bytes/in-context.ts";
import { type BlockView, LayerBlocks } from "../bytes/layer-blocks.ts";
import { release } from "../bytes/release.ts";
import type { TensorContainer } from "../containers/tensor-container.ts";
import type { ProgressMeter } from "../report/progress.ts";
import type { PlannedLayer } from "../select/quantization-plan.ts";
import type { CodingScheme } from "./coding-scheme.ts";
import { findRunMaxima, scalesOf } from "./run-maxima.ts";
import type { LayerMaxima } from "./scan-scales.ts";

/** A block of a weight, before and after. */
export interface QuantizedBlock {
  readonly block: Block;
  /** As float32, whatever the weight is. */
  readonly original: HostTensor<"float32">;
  /** The backend's codes beside the scales that the file has. */
  readonly tensor: HostQuantizedTensor;
  /** Whether the backend's scales are those of the file. */
  readonly sameScales: boolean;
}

/**
 * The second pass over a weight: its codes, block by block. They are what quantizing the whole weight gives, bit for bit: runs are
 * independent of each other, and a piece of a run too long for a block is quantized beside the run's largest magnitude, so that it gets
 * the run's scale.
 *
 * The codes are the backend's. The scales are made again from the values, as the first pass made those that it wrote; the backend's own,
 * which are the same unless it is at fault, are only compared with them.
 * @throws OctetError naming the layer, what the backend throws, and `ERR_FORMAT` for a result that no quantizer makes
 */
export async function* quantizeBlocks(
  container: TensorContainer,
  { name, weight, dtype, shape }: PlannedLayer,
  { granularity, bits, backend, blockElements }: CodingScheme,
  { longRuns }: LayerMaxima,
  meter: ProgressMeter,
): AsyncGenerator<QuantizedBlock> {
  const { highest } = bitRange(bits);
  const blocks = new LayerBlocks(shape, granularity, blockElements);
  for await (const { bytes, ...block } of readBlocks(container, weight, bytesPerElement[dtype], blocks)) {
    const view = blocks.view(block);
    const stored = floatTensor(dtype, view.shape, bytes);
    const values = widen(stored);
    const [first, last] = blocks.runsOf(block);
    const amax = blocks.isPiece(block) ? longRuns.get(first) : undefined;
    const made = await inContext(`layer ${JSON.stringify(name)}`, () =>
      amax === undefined
        ? quantizeBlock(backend, stored, view, bits)
        : quantizePiece(backend, stored, view, bits, amax),
    );
    const scales = scalesOf(amax === undefined ? findRunMaxima(values, last - first) : Float32Array.of(amax), highest);
    yield {
      block,
      original: hostTensor("float32", view.shape, values),
      tensor: {
        quantized: hostTensor("int8", view.shape, made.codes),
        scale: hostTensor("float32", scaleShape(view.granularity, view.shape), scales),
        granularity: view.granularity,
        bits,
      },
      sameScales: equalFloats(made.scales, scales),
    };
    if (values.buffer !== bytes.buffer) release(values.buffer);
    await meter.advance(weight, bytes.byteLength);
  }
}

/** The result of a backend for the elements of a block. */
interface BackendResult {
  readonly codes: Int8Array;
  readonly scales: Float32Array;
}

async function quantizeBlock(
  backend: Backend,
  values: HostTensor<FloatDType>,
  { shape, granularity }: BlockView,
  bits: number,
): Promise<BackendResult> {
  using x = backend.upload(values);
  using made = quantize(x, { granularity, bits });
  const { quantized, scale } = await backend.download(made);
  const { data: codes } = quantized;
  if (codes instanceof Int8Array && codes.length === sizeOf(shape) && equalShapes(quantized.shape, shape)) {
    return { codes, scales: scale.data };
  }
  throw new OctetError(
    "ERR_FORMAT",
    `the ${backend.info.name} backend gave no int8 codes of ${formatShape(shape)} for a weight of that shape; use another backend, since this one computes wrongly`,
  );
}

/** `amax` is the largest magnitude of the run that the values are a piece of. */
async function quantizePiece(
  backend: Backend,
  values: HostTensor<FloatDType>,
  { granularity }: BlockView,
  bits: number,
  amax: number,
): Promise<BackendResult> {
  const longer = append(values, amax);
  const { codes, scales } = await quantizeBlock(backend, longer, { shape: longer.shape, granularity }, bits);
  release(longer.data.buffer);
  return { codes: codes.subarray(0, -1), scales };
}

function equalFloats(a: Float32Array, b: Float32Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
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
