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
import { dtypeName, hostDType } from "../bytes/dtype.ts";
import { inHostMemory } from "../bytes/host-memory.ts";
import type { JsonObject } from "../bytes/json.ts";
import type { TensorContainer } from "../containers/tensor-container.ts";
import type { Checkpoint, QuantizationInfo, QuantizedLayer, StateDictEntry } from "./checkpoint.ts";
import type { CheckpointInput } from "./checkpoint-input.ts";
import { findStoredLayers, type StoredLayers } from "./find-layers.ts";
import { type OpenInput, openInput } from "./open-input.ts";
import { readScales } from "./read-scales.ts";

/**
 * Opens a checkpoint for reading, float or quantized in either format, whichever tool wrote it; only headers are read now.
 * @throws OctetError `ERR_FORMAT` for a malformed file, and for weights quantized in a way that is not understood: asymmetric, with
 * reordered columns, of another quant_method; `ERR_UNAVAILABLE` for a folder without weights
 */
export async function openCheckpoint(input: CheckpointInput): Promise<Checkpoint> {
  return createCheckpoint(await openInput(input));
}

/** The same for what is open, which the checkpoint closes from here on. */
export async function createCheckpoint({ container, header }: OpenInput): Promise<Checkpoint> {
  try {
    return new FileCheckpoint(container, header.config, await findStoredLayers(container, header));
  } catch (error) {
    await container.close().catch(() => undefined); // the first error is the one that explains
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
  readonly #container: TensorContainer;
  readonly #entries: ReadonlyMap<string, Entry>;

  constructor(container: TensorContainer, config: JsonObject | null, stored: StoredLayers) {
    this.#container = container;
    this.config = config;
    this.quantization = stored.quantization;
    this.layers = new Map(
      [...stored.layers.values()].map(({ name, shape, granularity, bits }) => [
        name,
        { name, shape, granularity, bits },
      ]),
    );
    const entries = [...layerEntries(container, stored), ...otherEntries(container, stored)];
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
    await this.#container.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

function* layerEntries(container: TensorContainer, { layers }: StoredLayers): Generator<Entry> {
  for (const layer of layers.values()) {
    const { name, shape, granularity, parts } = layer;
    const scaleShape = storedScaleShape(granularity, shape);
    yield {
      key: `${name}.weight`,
      dtype: "int8",
      shape,
      read: () => parts.format.read(container, layer, { start: 0, end: sizeOf(shape) }),
    };
    yield {
      key: `${name}.weight_scale`,
      dtype: "float32",
      shape: scaleShape,
      read: () => readScales(container, parts.scale, 0, sizeOf(scaleShape)),
    };
  }
}

function* otherEntries(container: TensorContainer, { others }: StoredLayers): Generator<Entry> {
  for (const { name, dtype: stored, shape, byteLength } of others) {
    const dtype = hostDType(stored);
    if (dtype === undefined) continue;
    const read = async (): Promise<TypedArrayOf[DType]> => {
      return viewAs[dtype]((await container.readRange(name, 0, byteLength)).buffer);
    };
    yield { key: name, dtype, shape, read };
  }
}

/** The bytes of a file are little-endian, as every platform that runs this is. */
const viewAs: { readonly [D in DType]: (buffer: ArrayBuffer) => TypedArrayOf[D] } = {
  float32: (buffer) => new Float32Array(buffer),
  float16: (buffer) => new Uint16Array(buffer),
  bfloat16: (buffer) => new Uint16Array(buffer),
  int8: (buffer) => new Int8Array(buffer),
  int16: (buffer) => new Int16Array(buffer),
  uint16: (buffer) => new Uint16Array(buffer),
  int32: (buffer) => new Int32Array(buffer),
};
