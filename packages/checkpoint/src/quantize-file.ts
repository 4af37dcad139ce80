import { createErrorAccumulator, type ErrorAccumulator } from "@octet/metrics";
import type { ByteSink } from "@octet/safetensors";
import { createSafetensorsWriter, type SafetensorsReader, type TensorSpec } from "@octet/safetensors";
import { cutBlocks, readBlocks } from "./blocks.ts";
import type { CodingScheme } from "./coding-scheme.ts";
import type { CheckpointFormat } from "./options.ts";
import { CodePacker } from "./pack.ts";
import type { ProgressMeter } from "./progress.ts";
import type { PlannedLayer } from "./quantization-plan.ts";
import { quantizeBlocks } from "./quantize-codes.ts";
import { release } from "./release.ts";
import { type LayerMaxima, scanScales } from "./scan-scales.ts";

export interface FileJob {
  readonly reader: SafetensorsReader;
  readonly sink: ByteSink;
  readonly metadata: ReadonlyMap<string, string>;
  /** By the name of the weight; the layers of this file. */
  readonly layers: ReadonlyMap<string, PlannedLayer>;
  readonly format: CheckpointFormat;
  readonly scheme: CodingScheme;
  readonly meter: ProgressMeter;
}

/** What a file came to. */
export interface FileResult {
  /** In file order. */
  readonly tensors: readonly string[];
  /** Bytes of all tensors. */
  readonly tensorBytes: number;
  /** By layer name. */
  readonly errors: ReadonlyMap<string, ErrorAccumulator>;
}

type Write = (bytes: Uint8Array) => Promise<void>;
type Produce = (write: Write) => Promise<void>;

/** Bytes of a tensor that is copied that are in memory at once. */
const copyBytes = 2 ** 20;

/**
 * Writes one file of the output, front to back. The format sorts tensors by dtype, so that all scales come before all codes; since either
 * takes a pass over the weights, each weight is read twice, and nothing is kept between the passes but its largest magnitude.
 */
export async function quantizeFile(job: FileJob): Promise<FileResult> {
  const errors = new Map<string, ErrorAccumulator>();
  const producers = new Map<string, Produce>();
  const specs: TensorSpec[] = [];
  const add = (spec: TensorSpec, produce: Produce): void => {
    specs.push(spec);
    producers.set(spec.name, produce);
  };
  for (const info of job.reader.tensors.values()) {
    const layer = job.layers.get(info.name);
    if (layer === undefined) add(info, (write) => copyTensor(job, info.name, info.byteLength, write));
    else addLayer(job, layer, add, errors);
  }
  const writer = await createSafetensorsWriter(job.sink, { tensors: specs, metadata: job.metadata });
  for (const { name } of writer.tensors) await producers.get(name)!((bytes) => writer.write(name, bytes));
  await writer.finish();
  const tensorBytes = writer.tensors.reduce((sum, { byteLength }) => sum + byteLength, 0);
  return { tensors: writer.tensors.map(({ name }) => name), tensorBytes, errors };
}

function addLayer(
  { reader, format, scheme, meter }: FileJob,
  layer: PlannedLayer,
  add: (spec: TensorSpec, produce: Produce) => void,
  errors: Map<string, ErrorAccumulator>,
): void {
  const { codes, scale, shape } = layer.tensors;
  if (shape !== undefined) add(shape, (write) => write(encodeShape(layer.shape)));
  let maxima: LayerMaxima;
  add(scale, async (write) => {
    maxima = await scanScales(reader, layer, scheme, meter, write);
  });
  // F32 sorts before I32 and I8: when it is the codes' turn, the scales are there.
  add(codes, async (write) => {
    const packer = format === "compressed-tensors" ? new CodePacker(layer.shape[1], scheme.bits) : undefined;
    const error = createErrorAccumulator({ maxAbs: maxima.tensor });
    errors.set(layer.name, error);
    for await (const { original, tensor } of quantizeBlocks(reader, layer, scheme, maxima, meter)) {
      error.add(original, tensor);
      const codes = tensor.quantized.data;
      const bytes = packer?.pack(codes) ?? bytesOf(codes);
      await write(bytes);
      release(bytes.buffer);
      release(codes.buffer);
    }
  });
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

function bytesOf(codes: Int8Array): Uint8Array {
  return new Uint8Array(codes.buffer, codes.byteOffset, codes.byteLength);
}
