import { readdir, readFile, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { OctetError } from "@octet/core";
import { openSafetensors, openSharded, type SafetensorsReader } from "@octet/safetensors";
import { fileSource } from "@octet/safetensors/node";

/** The weights of a model, in one file or several. */
export interface OpenModel extends AsyncDisposable {
  /** The files by name. */
  readonly files: ReadonlyMap<string, SafetensorsReader>;
  /** The texts of `__metadata__`; of several files those that agree. */
  readonly metadata: ReadonlyMap<string, string>;
}

/**
 * Opens a `.safetensors` file, a sharded index or a model folder; only headers are read.
 * @throws OctetError `ERR_FORMAT`, naming the path; Node's own error where the system refuses
 */
export async function openModel(path: string): Promise<OpenModel> {
  const weights = (await stat(path)).isDirectory() ? join(path, await findWeights(path)) : path;
  try {
    return await openWeights(weights);
  } catch (error) {
    if (!OctetError.isInstance(error)) throw error;
    throw new OctetError(error.code, `${weights}: ${error.message}`, { cause: error });
  }
}

async function openWeights(path: string): Promise<OpenModel> {
  if (!path.endsWith(".json")) {
    const reader = await openSafetensors(await fileSource(path));
    const { metadata } = reader;
    return { files: new Map([[basename(path), reader]]), metadata, [Symbol.asyncDispose]: () => reader.close() };
  }
  const folder = dirname(path);
  const reader = await openSharded(await readFile(path), (shard) => fileSource(join(folder, shard)));
  return { files: reader.shards, metadata: reader.metadata, [Symbol.asyncDispose]: () => reader.close() };
}

/** The name of the weights in a model folder: `model.safetensors`, its sharded index, or the only candidate there is. */
async function findWeights(folder: string): Promise<string> {
  const names = (await readdir(folder)).sort();
  const usual = ["model.safetensors", "model.safetensors.index.json"].find((name) => names.includes(name));
  if (usual !== undefined) return usual;
  const indexes = names.filter((name) => name.endsWith(".safetensors.index.json"));
  const candidates = indexes.length > 0 ? indexes : names.filter((name) => name.endsWith(".safetensors"));
  if (candidates.length === 1) return candidates[0];
  throw new OctetError(
    "ERR_FORMAT",
    candidates.length === 0
      ? `${folder} has no weights: neither a .safetensors file nor a .safetensors.index.json`
      : `${folder} has several weights, name one of them: ${candidates.join(", ")}`,
  );
}
