import type { ByteSource } from "./bytes/byte-source.ts";
import { OctetError, quote } from "./errors.ts";
import type { TensorInfo } from "./header/tensor-info.ts";
import { openSafetensors, type SafetensorsReader } from "./reader.ts";
import { parseShardIndex } from "./shard-index.ts";

/** A checkpoint in several files, read as one. */
export interface ShardedSafetensorsReader extends SafetensorsReader {
  /** The files by name, sorted; each with its own tensors and metadata. `close` of the whole closes them. */
  readonly shards: ReadonlyMap<string, SafetensorsReader>;
  /** The entries of `__metadata__` that all shards which have the key agree on. */
  readonly metadata: ReadonlyMap<string, string>;
  /** The file that holds a tensor. Throws ERR_FORMAT for an unknown name. */
  shardOf(name: string): string;
}

/** As many requests or open calls at once as a browser makes to one server. */
const CONCURRENT_OPENS = 6;

/**
 * Opens a sharded checkpoint: `index` is the JSON text of its `*.safetensors.index.json`, and `openShard` gets each file
 * name in it, once, to open it relative to the index; the `open` of a folder will do. The names are checked first: they
 * are relative, stay below the index's folder, and end in `.safetensors`.
 *
 * All headers are read and checked now. Throws ERR_FORMAT, naming the tensor, when the index or a shard is malformed or
 * they disagree: a tensor that its shard lacks, or a tensor in a shard that the index does not put there; and
 * ERR_UNAVAILABLE when `openShard` gives null, for a file that is not there. Then all shards are closed again.
 */
export async function openSharded(
  index: string | Uint8Array,
  openShard: (fileName: string) => Promise<ByteSource | null>,
): Promise<ShardedSafetensorsReader> {
  if (typeof openShard !== "function") {
    const advice = "pass a function from a file name to a byte source";
    throw new OctetError("ERR_UNSUPPORTED", `openShard is ${quote(openShard)}; ${advice}`);
  }
  const weightMap = parseShardIndex(index);
  const fileNames = [...new Set(weightMap.values())].sort();
  const opened = new Map<string, SafetensorsReader>();
  try {
    await openAll(fileNames, async (fileName) => {
      opened.set(fileName, await openOne(fileName, openShard));
    });
    const shards = new Map(fileNames.map((fileName) => [fileName, opened.get(fileName)!]));
    checkAgreement(weightMap, shards);
    return new ShardedReader(weightMap, shards);
  } catch (error) {
    await Promise.allSettled([...opened.values()].map((shard) => shard.close()));
    throw error;
  }
}

/** Runs `open` for each name, a few at a time. On a failure it starts no more, waits for the rest, and rejects. */
async function openAll(fileNames: readonly string[], open: (fileName: string) => Promise<void>): Promise<void> {
  const waiting = fileNames.values();
  const results = await Promise.allSettled(
    Array.from({ length: CONCURRENT_OPENS }, async () => {
      try {
        for (const fileName of waiting) await open(fileName);
      } finally {
        for (const _ of waiting); // after a failure no worker takes another
      }
    }),
  );
  const failure = results.find((result) => result.status === "rejected");
  if (failure !== undefined) throw failure.reason;
}

async function openOne(
  fileName: string,
  openShard: (fileName: string) => Promise<ByteSource | null>,
): Promise<SafetensorsReader> {
  const source = await openShard(fileName);
  if (source === null) {
    throw new OctetError("ERR_UNAVAILABLE", `the index names the file ${quote(fileName)}, which is not there`);
  }
  try {
    return await openSafetensors(source);
  } catch (error) {
    if (!OctetError.isInstance(error)) throw error;
    throw new OctetError(error.code, `shard ${quote(fileName)}: ${error.message}`, { cause: error });
  }
}

function checkAgreement(weightMap: ReadonlyMap<string, string>, shards: ReadonlyMap<string, SafetensorsReader>): void {
  const refuse = (name: string, problem: string): never => {
    throw new OctetError("ERR_FORMAT", `tensor ${quote(name)} ${problem}`);
  };
  for (const [name, fileName] of weightMap) {
    if (!shards.get(fileName)!.tensors.has(name)) refuse(name, `is not in ${quote(fileName)}, where the index puts it`);
  }
  for (const [fileName, shard] of shards) {
    for (const name of shard.tensors.keys()) {
      const owner = weightMap.get(name);
      if (owner === undefined) refuse(name, `of ${quote(fileName)} is missing from the index`);
      if (owner !== fileName) refuse(name, `is in both ${quote(owner!)} and ${quote(fileName)}`);
    }
  }
}

class ShardedReader implements ShardedSafetensorsReader {
  readonly shards: ReadonlyMap<string, SafetensorsReader>;
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  readonly metadata: ReadonlyMap<string, string>;
  readonly #weightMap: ReadonlyMap<string, string>;

  constructor(weightMap: ReadonlyMap<string, string>, shards: ReadonlyMap<string, SafetensorsReader>) {
    this.#weightMap = weightMap;
    this.shards = shards;
    this.tensors = new Map([...shards.values()].flatMap((shard) => [...shard.tensors]));
    this.metadata = agreedMetadata([...shards.values()]);
  }

  shardOf(name: string): string {
    const fileName = this.#weightMap.get(name);
    if (fileName === undefined) throw new OctetError("ERR_FORMAT", `the checkpoint has no tensor ${quote(name)}`);
    return fileName;
  }

  async read(name: string): Promise<Uint8Array<ArrayBuffer>> {
    return this.shards.get(this.shardOf(name))!.read(name);
  }

  async readRange(name: string, start: number, end: number): Promise<Uint8Array<ArrayBuffer>> {
    return this.shards.get(this.shardOf(name))!.readRange(name, start, end);
  }

  async readInto(name: string, start: number, target: Uint8Array): Promise<void> {
    await this.shards.get(this.shardOf(name))!.readInto(name, start, target);
  }

  async close(): Promise<void> {
    await Promise.all([...this.shards.values()].map((shard) => shard.close()));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

function agreedMetadata(shards: readonly SafetensorsReader[]): ReadonlyMap<string, string> {
  const agreed = new Map(shards.flatMap((shard) => [...shard.metadata]));
  for (const { metadata } of shards) {
    for (const [key, value] of metadata) if (agreed.get(key) !== value) agreed.delete(key);
  }
  return agreed;
}
