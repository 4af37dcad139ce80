import { OctetError } from "@octet/core";
import { type ByteSource, openSafetensors, openSharded, safetensorsLimits } from "@octet/safetensors";
import { inHostMemory } from "../bytes/host-memory.ts";
import { inContext } from "../bytes/in-context.ts";
import { type JsonObject, parseJsonObject, parsePythonJsonObject } from "../bytes/json.ts";
import type { CreateContainerWriter, TensorContainer } from "../containers/tensor-container.ts";
import { writeSafetensors } from "../containers/write-safetensors.ts";
import type { CheckpointHeader } from "../select/quantization-plan.ts";
import { validateInput, validateSource, validateWeightsName } from "../validate.ts";
import { type CheckpointFolder, type CheckpointInput, isCheckpointFolder } from "./checkpoint-input.ts";

/** A checkpoint whose headers are read and whose files are open. */
export interface OpenInput {
  /** The weight files by name, and what each holds; several where there is an index. */
  readonly files: ReadonlyMap<string, TensorContainer>;
  /** All tensors of all files. */
  readonly container: TensorContainer;
  /** Begins a weight file of the same kind. */
  readonly createWriter: CreateContainerWriter;
  readonly header: CheckpointHeader;
  /** The text of config.json; null where there is none. */
  readonly configText: string | null;
  /** The index of a sharded checkpoint. */
  readonly index: { readonly file: string; readonly content: JsonObject } | null;
  /** Whether it is a folder, whose config.json describes it; else the file has to. */
  readonly folder: boolean;
}

export const configFile = "config.json";
const singleFile = "model.safetensors";
const usualWeights = [singleFile, `${singleFile}.index.json`];

/** What a config.json may take: the largest have some ten thousand bytes. */
export const configLimit: number = 2 ** 24;

/**
 * Opens a checkpoint. The caller closes `container`, which closes all files.
 * @throws OctetError `ERR_UNAVAILABLE` when a folder has no weights or lacks a shard; `ERR_FORMAT` for a malformed file, naming it
 */
export async function openInput(input: CheckpointInput): Promise<OpenInput> {
  validateInput(input);
  return inHostMemory("the header", async () => {
    return isCheckpointFolder(input) ? openFolder(input) : openSingleFile(input, singleFile, null);
  });
}

/** One safetensors file. `config` is what is known of its model from elsewhere. */
export async function openSingleFile(source: ByteSource, file: string, config: JsonObject | null): Promise<OpenInput> {
  const container = await inContext(file, () => openSafetensors(source));
  const { tensors, metadata } = container;
  return {
    files: new Map([[file, container]]),
    container,
    createWriter: writeSafetensors,
    header: { tensors, metadata, config },
    configText: null,
    index: null,
    folder: false,
  };
}

async function openFolder(folder: CheckpointFolder): Promise<OpenInput> {
  const configText = await readText(folder, configFile, configLimit);
  const config = configText === null ? null : parsePythonJsonObject(configText, configFile);
  const { file, source } = await openWeights(folder);
  if (!file.endsWith(".json")) {
    return { ...(await openSingleFile(source, file, config)), configText, folder: true };
  }
  const indexText = await readAll(source, file, safetensorsLimits.headerBytes);
  const content = parseJsonObject(new TextDecoder().decode(indexText), file);
  const container = await inContext(file, () => openSharded(indexText, (shard) => openFile(folder, shard)));
  const { tensors, metadata } = container;
  return {
    files: container.shards,
    container,
    createWriter: writeSafetensors,
    header: { tensors, metadata, config },
    configText,
    index: { file, content },
    folder: true,
  };
}

async function openWeights(folder: CheckpointFolder): Promise<{ file: string; source: ByteSource }> {
  validateWeightsName(folder.weights);
  const candidates = folder.weights === undefined ? usualWeights : [folder.weights];
  for (const file of candidates) {
    const source = await openFile(folder, file);
    if (source !== null) return { file, source };
  }
  throw new OctetError("ERR_UNAVAILABLE", `the folder has no weights: there is no ${candidates.join(" and no ")}`);
}

async function openFile(folder: CheckpointFolder, file: string): Promise<ByteSource | null> {
  const source = await folder.open(file);
  validateSource(file, source);
  return source;
}

async function readText(folder: CheckpointFolder, file: string, limit: number): Promise<string | null> {
  const source = await openFile(folder, file);
  return source === null ? null : new TextDecoder().decode(await readAll(source, file, limit));
}

/** All bytes of a source, which is closed then. It is not read at all when it has more than `limit`. */
async function readAll(source: ByteSource, file: string, limit: number): Promise<Uint8Array> {
  try {
    if (source.size > limit) {
      throw new OctetError("ERR_FORMAT", `${file} has ${source.size} bytes, the limit is ${limit}`);
    }
    return await source.read(0, source.size);
  } finally {
    await source.close();
  }
}
