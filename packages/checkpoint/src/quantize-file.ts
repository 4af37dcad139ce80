import type { ErrorAccumulator } from "@octet/metrics";
import type { ByteSink } from "@octet/safetensors";
import { createSafetensorsWriter, type TensorSpec } from "@octet/safetensors";
import { cutBlocks, readBlocks } from "./blocks.ts";
import type { PlannedLayer } from "./quantization-plan.ts";
import { type LayerMaxima, scanScales } from "./scan-scales.ts";
import { type LayerJob, type Write, writeCodes } from "./write-codes.ts";

export interface FileJob extends LayerJob {
  readonly sink: ByteSink;
  readonly metadata: ReadonlyMap<string, string>;
  /** By the name of the weight; the layers of this file. */
  readonly layers: ReadonlyMap<string, PlannedLayer>;
}

/** What a file came to. */
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
 * Writes one file of the output, front to back. The format sorts tensors by dtype, so that all scales come before all codes; since either
 * takes a pass over the weights, each weight is read twice, and nothing is kept between the passes but its largest magnitude.
 */
export async function quantizeFile(job: FileJob): Promise<FileResult> {
  const errors = new Map<string, ErrorAccumulator>();
  const faults = new Map<string, string>();
  const producers = new Map<string, Produce>();
  const specs: TensorSpec[] = [];
  const add = (spec: TensorSpec, produce: Produce): void => {
    specs.push(spec);
    producers.set(spec.name, produce);
  };
  const addLayer = (layer: PlannedLayer): void => {
    const { codes, scale, shape } = layer.tensors;
    if (shape !== undefined) add(shape, (write) => write(encodeShape(layer.shape)));
    let maxima: LayerMaxima;
    add(scale, async (write) => {
      maxima = await scanScales(job.reader, layer, job.scheme, job.meter, write);
    });
    // F32 sorts before I32 and I8: when it is the codes' turn, the scales are there.
    add(codes, async (write) => {
      const written = await writeCodes(job, layer, maxima, write);
      errors.set(layer.name, written.error);
      if (written.fault !== undefined) faults.set(layer.name, written.fault);
    });
  };
  for (const info of job.reader.tensors.values()) {
    const layer = job.layers.get(info.name);
    if (layer === undefined) add(info, (write) => copyTensor(job, info.name, info.byteLength, write));
    else addLayer(layer);
  }
  const writer = await createSafetensorsWriter(job.sink, { tensors: specs, metadata: job.metadata });
  for (const { name } of writer.tensors) await producers.get(name)!((bytes) => writer.write(name, bytes));
  await writer.finish();
  const tensorBytes = writer.tensors.reduce((sum, { byteLength }) => sum + byteLength, 0);
  return { tensors: writer.tensors.map(({ name }) => name), tensorBytes, errors, faults };
}

async function copyTensor({ reader, meter }: FileJob, name: string, byteLength: number, write: Write): Promise<void> {
  for await (const { bytes } of readBlocks(reader, name, 1, cutBlocks(byteLength, 1, copyBytes))) {
    await write(bytes);
    await meter.advance(name, bytes.byteLength);
  }
}

function encodeShape(shape: readonly number[]): Uint8Array {
  return new Uint8Array(BigInt64Array.from(shape, BigInt).buffer);
}
