import { OctetError, quantizeOp } from "@octet/core";
import type { ErrorAccumulator } from "@octet/metrics";
import { inHostMemory } from "../bytes/host-memory.ts";
import { LayerBlocks } from "../bytes/layer-blocks.ts";
import { createFileMetadata } from "../formats/file-metadata.ts";
import { findFormat } from "../formats/formats.ts";
import type { CheckpointInput, CheckpointSink, CreateSink } from "../open/checkpoint-input.ts";
import { configFile, type OpenInput, openInput } from "../open/open-input.ts";
import type { QuantizeCheckpointOptions } from "../options.ts";
import { createReport } from "../report/create-report.ts";
import { ProgressMeter } from "../report/progress.ts";
import type { QuantizationReport } from "../report/report.ts";
import { warnOf } from "../report/warn-of.ts";
import { createPlan } from "../select/plan.ts";
import type { QuantizationPlan } from "../select/quantization-plan.ts";
import { validateCreateSink, validateQuantizeOptions, validateSink } from "../validate.ts";
import { type CodingScheme, chooseBlockElements } from "./coding-scheme.ts";
import { addQuantizationConfig } from "./config-text.ts";
import { quantizeFile } from "./quantize-file.ts";
import { createShardIndex } from "./shard-index.ts";

/**
 * Quantizes a checkpoint, one file or many, block by block: memory stays the same however large it is. Anywhere: files are read from
 * sources and written to sinks.
 *
 * `createSink` is asked for each weight file of the input, under its name (`model.safetensors` for a lone source), then, where there is
 * one, for the index, and for `config.json` if the input is a folder. It is not called before every check that needs no data has passed.
 *
 * @throws OctetError as `planQuantization` does; `ERR_NON_FINITE`, naming the tensor, the index of its first NaN or infinity and how many
 * there are; `ERR_FORMAT` for malformed input; `ERR_UNAVAILABLE` for missing input, and without a backend; `ERR_OUT_OF_MEMORY`; what the signal, the sinks and the backend throw
 */
export async function quantizeCheckpoint(
  input: CheckpointInput,
  createSink: CreateSink,
  options: QuantizeCheckpointOptions,
): Promise<QuantizationReport> {
  const opened = await openInput(input);
  try {
    return await quantizeOpened(opened, createSink, options);
  } finally {
    await opened.container.close();
  }
}

/** The same for a checkpoint that is already open; the caller closes it. */
export async function quantizeOpened(
  input: OpenInput,
  createSink: CreateSink,
  options: QuantizeCheckpointOptions,
): Promise<QuantizationReport> {
  validateCreateSink(createSink);
  validateQuantizeOptions(options);
  const plan = createPlan(input.header, options);
  const scheme = createScheme(plan, options);
  options.signal?.throwIfAborted();
  const meter = new ProgressMeter(bytesToRead(plan), options);
  const planned = new Map(plan.layers.map((layer) => [layer.weight, layer]));
  const errors = new Map<string, ErrorAccumulator>();
  const weightMap = new Map<string, string>();
  const faults = new Map<string, string>();
  const { createWriter } = input;
  const format = findFormat(plan.format);
  let totalSize = 0;
  for (const [file, container] of input.files) {
    const metadata = createFileMetadata(container.metadata, plan, input.folder);
    const result = await withSink(createSink, file, (sink) => {
      const job = { container, sink, createWriter, metadata, layers: planned, format, scheme, meter };
      return inHostMemory(file, () => quantizeFile(job));
    });
    for (const [name, error] of result.errors) errors.set(name, error);
    for (const [name, fault] of result.faults) faults.set(name, fault);
    for (const name of result.tensors) weightMap.set(name, file);
    totalSize += result.tensorBytes;
  }
  if (input.index !== null) {
    const text = createShardIndex(input.index.content, totalSize, weightMap);
    await writeText(createSink, input.index.file, text);
  }
  const config = plan.quantizationConfig;
  const configText = config === null ? input.configText : addQuantizationConfig(input.configText, config);
  if (input.folder && configText !== null) await writeText(createSink, configFile, configText);
  const layers = plan.layers.map((layer) => ({ ...layer, granularity: plan.granularity, bits: plan.bits }));
  const warnings = [...plan.warnings, ...warnOfFaults(faults, scheme)];
  return createReport({ ...plan, layers, errors, warnings });
}

function createScheme(plan: QuantizationPlan, { backend }: QuantizeCheckpointOptions): CodingScheme {
  const { granularity, bits, layers } = plan;
  const blockElements = chooseBlockElements(backend);
  for (const { name, dtype, shape } of layers) {
    const blocks = new LayerBlocks(shape, granularity, blockElements);
    const [block] = blocks;
    if (block === undefined) continue;
    const view = blocks.view(block);
    const x = { dtype, shape: view.shape };
    if (backend.supports(quantizeOp, { x }, { granularity: view.granularity, bits })) continue;
    throw new OctetError(
      "ERR_UNSUPPORTED",
      `the ${backend.info.name} backend does not quantize ${dtype} to ${bits} bits per ${view.granularity.kind}, which layer ${JSON.stringify(name)} needs; use another backend`,
    );
  }
  return { granularity, bits, backend, blockElements };
}

function warnOfFaults(faults: ReadonlyMap<string, string>, { backend }: CodingScheme): string[] {
  return [...new Set(faults.values())].flatMap((fault) => {
    const layers = [...faults.keys()].filter((name) => faults.get(name) === fault);
    const problem = `the ${backend.info.name} backend ${fault}; it is at fault, so use another: the figures show what it cost`;
    return warnOf(layers, problem);
  });
}

/** Weights are read twice, everything else once. */
function bytesToRead({ layers, kept }: QuantizationPlan): number {
  return layers.reduce(
    (sum, { bytesBefore }) => sum + 2 * bytesBefore,
    kept.reduce((sum, { bytes }) => sum + bytes, 0),
  );
}

function writeText(createSink: CreateSink, file: string, text: string): Promise<void> {
  return withSink(createSink, file, (sink) => sink.write(new TextEncoder().encode(text)));
}

async function withSink<T>(
  createSink: CreateSink,
  file: string,
  write: (sink: CheckpointSink) => Promise<T>,
): Promise<T> {
  const sink = await createSink(file);
  validateSink(file, sink);
  try {
    const result = await write(sink);
    await sink.close?.();
    return result;
  } catch (error) {
    await sink.abort?.(error)?.catch(() => undefined); // the first error is the one that explains
    throw error;
  }
}
