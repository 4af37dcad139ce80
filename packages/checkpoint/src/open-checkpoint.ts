import {
  type DType,
  formatValue,
  type HostTensor,
  hostTensor,
  OctetError,
  sizeOf,
  type TypedArrayOf,
  validateOptions,
} from "@octet/core";
import { storedScaleShape } from "@octet/core/names";
import type { SafetensorsReader } from "@octet/safetensors";
import type { Checkpoint, QuantizationInfo, QuantizedLayer, StateDictEntry } from "./checkpoint.ts";
import type { CheckpointInput } from "./checkpoint-input.ts";
import { dtypeName, hostDType } from "./dtype.ts";
import { findStoredLayers, type StoredLayers } from "./find-layers.ts";
import { inHostMemory } from "./host-memory.ts";
import type { JsonObject } from "./json.ts";
import { type OpenInput, openInput } from "./open-input.ts";
import { readCodes, readScales } from "./read-layer.ts";

/**
 * Opens a checkpoint for reading, float or quantized in either format, whichever tool wrote it; only headers are read now.
 * @throws OctetError `ERR_FORMAT` for a malformed file, and for weights quantized in a way that is not understood: asymmetric, with
 * reordered columns, of another quant_method; `ERR_UNAVAILABLE` for a folder without weights
 */
export async function openCheckpoint(input: CheckpointInput): Promise<Checkpoint> {
  return createCheckpoint(await openInput(input));
}

/** The same for what is open, which the checkpoint closes from here on. */
export async function createCheckpoint({ reader, header }: OpenInput): Promise<Checkpoint> {
  try {
    return new FileCheckpoint(reader, header.config, await findStoredLayers(reader, header));
  } catch (error) {
    await reader.close().catch(() => undefined); // the first error is the one that explains
    throw error;
  }
}

/** How an entry comes from the file. */
interface Entry extends StateDictEntry {
  read(): Promise<TypedArrayOf[DType]>;
}

class FileCheckpoint implements Checkpoint {
  readonly config: JsonObject | null;
  readonly quantization: QuantizationInfo | null;
  readonly layers: ReadonlyMap<string, QuantizedLayer>;
  readonly entries: ReadonlyMap<string, StateDictEntry>;
  readonly unreadable: ReadonlyMap<string, string>;
  readonly #reader: SafetensorsReader;
  readonly #entries: ReadonlyMap<string, Entry>;

  constructor(reader: SafetensorsReader, config: JsonObject | null, stored: StoredLayers) {
    this.#reader = reader;
    this.config = config;
    this.quantization = stored.quantization;
    this.layers = new Map(
      [...stored.layers.values()].map(({ name, shape, granularity, bits }) => [
        name,
        { name, shape, granularity, bits },
      ]),
    );
    const entries = [...layerEntries(reader, stored), ...otherEntries(reader, stored)];
    this.#entries = new Map(entries.map((entry) => [entry.key, entry]));
    this.entries = new Map(entries.map(({ key, dtype, shape }) => [key, { key, dtype, shape }]));
    this.unreadable = new Map(
      stored.others
        .filter(({ dtype }) => hostDType(dtype) === undefined)
        .map(({ name, dtype }) => [name, dtypeName(dtype)]),
    );
  }

  async tensor(key: string): Promise<HostTensor> {
    const entry = this.#entries.get(key);
    if (entry !== undefined) {
      return inHostMemory(JSON.stringify(key), async () => hostTensor(entry.dtype, entry.shape, await entry.read()));
    }
    const dtype = this.unreadable.get(key);
    if (dtype === undefined) throw new OctetError("ERR_FORMAT", `the checkpoint has no ${formatValue(key)}`);
    throw new OctetError("ERR_DTYPE", `${JSON.stringify(key)} is ${dtype}, which no tensor of Octet has; leave it out`);
  }

  async stateDict(options: { readonly prefix?: string } = {}): Promise<Map<string, HostTensor>> {
    validateOptions("stateDict", options, { prefix: "string" });
    const { prefix = "" } = options;
    const state = new Map<string, HostTensor>();
    for (const key of this.entries.keys()) if (key.startsWith(prefix)) state.set(key, await this.tensor(key));
    return state;
  }

  async close(): Promise<void> {
    await this.#reader.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

function* layerEntries(reader: SafetensorsReader, { layers }: StoredLayers): Generator<Entry> {
  for (const layer of layers.values()) {
    const { name, shape, granularity, parts } = layer;
    const scaleShape = storedScaleShape(granularity, shape);
    yield {
      key: `${name}.weight`,
      dtype: "int8",
      shape,
      read: () => readCodes(reader, layer, { start: 0, end: sizeOf(shape) }),
    };
    yield {
      key: `${name}.weight_scale`,
      dtype: "float32",
      shape: scaleShape,
      read: () => readScales(reader, parts.scale, 0, sizeOf(scaleShape)),
    };
  }
}

function* otherEntries(reader: SafetensorsReader, { others }: StoredLayers): Generator<Entry> {
  for (const { name, dtype: stored, shape } of others) {
    const dtype = hostDType(stored);
    if (dtype === undefined) continue;
    yield { key: name, dtype, shape, read: async () => viewAs[dtype]((await reader.read(name)).buffer) };
  }
}

/** The bytes of a file are little-endian, as every platform that runs this is. */
const viewAs: { readonly [D in DType]: (buffer: ArrayBuffer) => TypedArrayOf[D] } = {
  float32: (buffer) => new Float32Array(buffer),
  float16: (buffer) => new Uint16Array(buffer),
  bfloat16: (buffer) => new Uint16Array(buffer),
  int8: (buffer) => new Int8Array(buffer),
  int32: (buffer) => new Int32Array(buffer),
};
