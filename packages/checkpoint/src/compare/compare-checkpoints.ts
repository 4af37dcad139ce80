import {
  bytesPerElement,
  equalShapes,
  type FloatDType,
  formatShape,
  hostTensor,
  OctetError,
  scaleShape,
} from "@octet/core";
import { createErrorAccumulator, type ErrorAccumulator } from "@octet/metrics";
import { readBlocks } from "../bytes/blocks.ts";
import { floatDType } from "../bytes/dtype.ts";
import { inHostMemory } from "../bytes/host-memory.ts";
import { floatTensor } from "../bytes/host-values.ts";
import { LayerBlocks } from "../bytes/layer-blocks.ts";
import { release } from "../bytes/release.ts";
import type { TensorContainer } from "../containers/tensor-container.ts";
import { findQuantization } from "../formats/already-quantized.ts";
import type { StoredLayer } from "../formats/format.ts";
import type { CheckpointInput } from "../open/checkpoint-input.ts";
import { findStoredLayers } from "../open/find-layers.ts";
import { type OpenInput, openInput } from "../open/open-input.ts";
import { readScales } from "../open/read-scales.ts";
import type { CompareCheckpointsOptions } from "../options.ts";
import { usualBlock } from "../quantize/coding-scheme.ts";
import { scanScales } from "../quantize/scan-scales.ts";
import { createReport, type DescribedLayer } from "../report/create-report.ts";
import { ProgressMeter } from "../report/progress.ts";
import type { QuantizationReport } from "../report/report.ts";
import { validateCompareOptions } from "../validate.ts";
import { compareKept } from "./compare-kept.ts";

/**
 * What quantization cost a checkpoint that was made earlier, by any tool that writes these formats. Block by block, like
 * `quantizeCheckpoint`. Tensors that are not quantized are compared byte for byte; where they differ, a warning says so.
 *
 * @throws OctetError `ERR_FORMAT` when a file is malformed, the quantized checkpoint is not quantized or in a way that is not understood,
 * or the original lacks a layer's weight; `ERR_SHAPE` when a layer has another shape there, naming the layer; `ERR_UNSUPPORTED` when the
 * original is quantized; `ERR_NON_FINITE`; `ERR_UNAVAILABLE` for missing input; what the signal throws
 */
export async function compareCheckpoints(
  original: CheckpointInput,
  quantized: CheckpointInput,
  options: CompareCheckpointsOptions = {},
): Promise<QuantizationReport> {
  const before = await openInput(original);
  try {
    const after = await openInput(quantized);
    try {
      return await compareOpened(before, after, options);
    } finally {
      await after.container.close();
    }
  } finally {
    await before.container.close();
  }
}

/** The same for checkpoints that are already open; the caller closes them. */
export async function compareOpened(
  original: OpenInput,
  quantized: OpenInput,
  options: CompareCheckpointsOptions,
): Promise<QuantizationReport> {
  validateCompareOptions(options);
  const found = findQuantization(original.header.tensors.values(), original.header.metadata, original.header.config);
  if (found !== undefined) {
    throw new OctetError(
      "ERR_UNSUPPORTED",
      `the original is quantized itself: ${found}; compare with the float checkpoint`,
    );
  }
  const stored = await findStoredLayers(quantized.container, quantized.header);
  if (stored.quantization === null) {
    throw new OctetError("ERR_FORMAT", "there is nothing to compare: the second checkpoint is not quantized");
  }
  const pairs = [...stored.layers.values()].map((layer) => pairLayer(original.header.tensors, layer));
  const keptBytes = stored.others.reduce((sum, { byteLength }) => sum + byteLength, 0);
  const layerBytes = pairs.reduce((sum, { described }) => sum + described.bytesBefore, 0);
  const meter = new ProgressMeter(2 * layerBytes + keptBytes, options);
  const errors = new Map<string, ErrorAccumulator>();
  for (const pair of pairs) {
    const { name } = pair.layer;
    const measure = () => measureLayer(original.container, quantized.container, pair, meter);
    errors.set(name, await inHostMemory(`layer ${JSON.stringify(name)}`, measure));
  }
  const { kept, warnings } = await inHostMemory("the tensors that are not quantized", () => {
    return compareKept(original.container, quantized.container, stored, meter);
  });
  const { format, granularity, bits } = stored.quantization;
  return createReport({
    format,
    granularity,
    bits,
    layers: pairs.map(({ described }) => described),
    errors,
    kept,
    warnings,
  });
}

interface LayerPair {
  readonly layer: StoredLayer;
  readonly described: DescribedLayer;
  /** The original. */
  readonly weight: string;
  readonly dtype: FloatDType;
}

function pairLayer(tensors: OpenInput["header"]["tensors"], layer: StoredLayer): LayerPair {
  const { name, shape, granularity, bits, parts } = layer;
  const weight = tensors.get(`${name}.weight`);
  const dtype = weight && floatDType(weight.dtype);
  if (weight === undefined || dtype === undefined) {
    throw new OctetError("ERR_FORMAT", `the original has no float tensor ${name}.weight for the quantized layer`);
  }
  if (!equalShapes(weight.shape, shape)) {
    const [was, is] = [weight.shape, shape].map(formatShape);
    throw new OctetError("ERR_SHAPE", `layer ${JSON.stringify(name)} is ${was} in the original and ${is} quantized`);
  }
  const bytesAfter = [parts.codes, parts.scale, ...parts.others].reduce((sum, part) => sum + part.byteLength, 0);
  const described = { name, dtype, shape, granularity, bits, bytesBefore: weight.byteLength, bytesAfter };
  return { layer, described, weight: weight.name, dtype };
}

async function measureLayer(
  original: TensorContainer,
  quantized: TensorContainer,
  { layer, weight, dtype }: LayerPair,
  meter: ProgressMeter,
): Promise<ErrorAccumulator> {
  const { shape, granularity, bits, parts } = layer;
  const scheme = { granularity, bits, blockElements: usualBlock };
  const maxima = await scanScales(original, { weight, dtype, shape }, scheme, meter, async () => {});
  const error = createErrorAccumulator({ maxAbs: maxima.tensor });
  const blocks = new LayerBlocks(shape, granularity, usualBlock);
  for await (const { bytes, ...block } of readBlocks(original, weight, bytesPerElement[dtype], blocks)) {
    const view = blocks.view(block);
    const [first, last] = blocks.runsOf(block);
    const codes = await parts.format.read(quantized, layer, block);
    const scales = await readScales(quantized, parts.scale, first, last);
    error.add(floatTensor(dtype, view.shape, bytes), {
      quantized: hostTensor("int8", view.shape, codes),
      scale: hostTensor("float32", scaleShape(view.granularity, view.shape), scales),
      granularity: view.granularity,
      bits,
    });
    release(codes.buffer);
    await meter.advance(weight, bytes.byteLength);
  }
  return error;
}
