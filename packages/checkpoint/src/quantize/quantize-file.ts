import type { ErrorAccumulator } from "@octet/metrics";
import type { ByteSink } from "@octet/safetensors";
import { cutBlocks, readBlocks } from "../bytes/blocks.ts";
import type { CreateContainerWriter, StoredTensor } from "../containers/tensor-container.ts";
import type { PlannedLayer } from "../select/quantization-plan.ts";
import { LayerWriter } from "./layer-writer.ts";
import type { LayerJob, Write } from "./write-codes.ts";

export interface FileJob extends LayerJob {
  readonly sink: ByteSink;
  readonly createWriter: CreateContainerWriter;
  readonly metadata: ReadonlyMap<string, string>;
  /** By the name of the weight; the layers of this file. */
  readonly layers: ReadonlyMap<string, PlannedLayer>;
}

/** The result of a file. */
export interface FileResult {
  /** In file order. */
  readonly tensors: readonly string[];
  /** Bytes of all tensors. */
  readonly tensorBytes: number;
  /** By layer name. */
  readonly errors: ReadonlyMap<string, ErrorAccumulator>;
  /** How the backend is seen to be at fault, by the name of the layer. */
  readonly faults: ReadonlyMap<string, string>;
}

type Produce = (write: Write) => Promise<void>;

/** Bytes of a tensor that is copied that are in memory at once. */
const copyBytes = 2 ** 20;

/**
 * Writes one file of the output, front to back, in the order of its container. Nothing of a weight is kept between its two readings but its
 * largest magnitudes and, where codes come before scales, its scales.
 */
export async function quantizeFile(job: FileJob): Promise<FileResult> {
  const errors = new Map<string, ErrorAccumulator>();
  const faults = new Map<string, string>();
  const producers = new Map<string, Produce>();
  const contents: StoredTensor[] = [];
  const add = (tensor: StoredTensor, produce: Produce): void => {
    contents.push(tensor);
    producers.set(tensor.name, produce);
  };
  const addLayer = (layer: PlannedLayer): void => {
    const { codes, scale, constants } = layer.tensors;
    const layerWriter = new LayerWriter(job, layer);
    for (const constant of constants) add(constant, (write) => write(constant.data));
    add(scale, (write) => layerWriter.writeScales(write));
    add(codes, async (write) => {
      const { error, fault } = await layerWriter.writeCodes(write);
      errors.set(layer.name, error);
      if (fault !== undefined) faults.set(layer.name, fault);
    });
  };
  for (const info of job.container.tensors.values()) {
    const layer = job.layers.get(info.name);
    if (layer === undefined) add(info, (write) => copyTensor(job, info, write));
    else addLayer(layer);
  }
  const writer = await job.createWriter(job.sink, { tensors: contents, metadata: job.metadata });
  for (const { name } of writer.tensors) await producers.get(name)!((bytes) => writer.write(name, bytes));
  await writer.finish();
  const tensorBytes = writer.tensors.reduce((sum, { byteLength }) => sum + byteLength, 0);
  return { tensors: writer.tensors.map(({ name }) => name), tensorBytes, errors, faults };
}

async function copyTensor(
  { container, meter }: FileJob,
  { name, byteLength }: StoredTensor,
  write: Write,
): Promise<void> {
  for await (const { bytes } of readBlocks(container, name, 1, cutBlocks(byteLength, 1, copyBytes))) {
    await write(bytes);
    await meter.advance(name, bytes.byteLength);
  }
}
