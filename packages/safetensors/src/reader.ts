import { type ByteSource, checkSource, readExactly, readExactlyInto } from "./bytes/byte-source.ts";
import { checkBytes } from "./bytes/check-bytes.ts";
import { OctetError, quote } from "./errors.ts";
import { type Header, parseHeader } from "./header/header.ts";
import { arrangeTensors, type PlacedTensor } from "./header/layout.ts";
import { safetensorsLimits } from "./header/limits.ts";
import type { TensorInfo } from "./header/tensor-info.ts";

/** An open file, or all the files of a sharded checkpoint. */
export interface SafetensorsReader extends AsyncDisposable {
  /** By name, in the order of their data. */
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  /** The texts of `__metadata__`; empty where there is none. */
  readonly metadata: ReadonlyMap<string, string>;
  /**
   * All bytes of one tensor, freshly allocated and alone in their `buffer`, so that any typed array may view it.
   * Rejects with ERR_FORMAT for an unknown name or when the source gives other bytes than promised, with
   * ERR_OUT_OF_MEMORY when they are too many to hold at once, and with ERR_DISPOSED after `close`.
   */
  read(name: string): Promise<Uint8Array<ArrayBuffer>>;
  /** The bytes [start, end) of one tensor, counted from its first. As `read`; ERR_SHAPE when they are not all inside it. */
  readRange(name: string, start: number, end: number): Promise<Uint8Array<ArrayBuffer>>;
  /**
   * Fills `target` with bytes of one tensor, from byte `start` of it on: `readRange` without a new allocation, to go
   * through a tensor block by block. Rejects as `readRange`; what `target` holds then is undefined.
   */
  readInto(name: string, start: number, target: Uint8Array): Promise<void>;
  /** Closes the source; idempotent. */
  close(): Promise<void>;
}

/**
 * Reads and checks the header of a file; data is read only when asked for. The reader owns the source from here on:
 * `close` closes it, and so does a failure to open.
 *
 * Throws ERR_FORMAT for a file that is malformed in any way, naming the tensor where one is to blame, and ERR_UNSUPPORTED for what is not a byte source.
 */
export async function openSafetensors(source: ByteSource): Promise<SafetensorsReader> {
  checkSource(source);
  try {
    const headerLength = await readHeaderLength(source);
    const header = parseHeader(await readExactly(source, 8, headerLength));
    const dataOffset = 8 + headerLength;
    return new FileReader(
      source,
      dataOffset,
      arrangeTensors(header.entries, source.size - dataOffset),
      header.metadata,
    );
  } catch (error) {
    await source.close().catch(() => undefined); // the first error is the one that explains
    throw error;
  }
}

async function readHeaderLength(source: ByteSource): Promise<number> {
  if (!Number.isSafeInteger(source.size) || source.size < 8) {
    throw new OctetError("ERR_FORMAT", `a safetensors file has 8 bytes or more, this one has ${source.size}`);
  }
  const prefix = await readExactly(source, 0, 8);
  const length = new DataView(prefix.buffer).getBigUint64(0, true);
  if (length > safetensorsLimits.headerBytes) {
    const limit = safetensorsLimits.headerBytes;
    throw new OctetError(
      "ERR_FORMAT",
      `the header claims ${length} bytes, the limit is ${limit}; is this a safetensors file?`,
    );
  }
  if (Number(length) > source.size - 8) {
    throw new OctetError(
      "ERR_FORMAT",
      `the header claims ${length} bytes, the file has only ${source.size - 8} after its length`,
    );
  }
  return Number(length);
}

class FileReader implements SafetensorsReader {
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  readonly metadata: ReadonlyMap<string, string>;
  readonly #source: ByteSource;
  /** Of each tensor's first byte in the source. */
  readonly #offsets: ReadonlyMap<string, number>;
  #closed = false;

  constructor(source: ByteSource, dataOffset: number, placed: readonly PlacedTensor[], metadata: Header["metadata"]) {
    this.#source = source;
    this.tensors = new Map(placed.map(({ info }) => [info.name, info]));
    this.#offsets = new Map(placed.map(({ info, begin }) => [info.name, dataOffset + begin]));
    this.metadata = metadata;
  }

  async read(name: string): Promise<Uint8Array<ArrayBuffer>> {
    return this.readRange(name, 0, this.#find(name).byteLength);
  }

  async readRange(name: string, start: number, end: number): Promise<Uint8Array<ArrayBuffer>> {
    return readExactly(this.#source, this.#locate(name, start, end), end - start);
  }

  async readInto(name: string, start: number, target: Uint8Array): Promise<void> {
    checkBytes(`the target for tensor ${quote(name)}`, target);
    const end = Number.isSafeInteger(start) ? start + target.byteLength : start; // the same message as for other ranges
    await readExactlyInto(this.#source, this.#locate(name, start, end), target);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#source.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Where in the source the bytes [start, end) of a tensor begin. */
  #locate(name: string, start: number, end: number): number {
    if (this.#closed) throw new OctetError("ERR_DISPOSED", `cannot read tensor ${quote(name)}: its file is closed`);
    const { byteLength } = this.#find(name);
    const whole = Number.isSafeInteger(start) && Number.isSafeInteger(end);
    if (!whole || start < 0 || start > end || end > byteLength) {
      throw new OctetError(
        "ERR_SHAPE",
        `bytes [${quote(start)}, ${quote(end)}) of tensor ${quote(name)}, which has ${byteLength}`,
      );
    }
    return this.#offsets.get(name)! + start;
  }

  #find(name: string): TensorInfo {
    const info = this.tensors.get(name);
    if (info === undefined) throw new OctetError("ERR_FORMAT", `the file has no tensor ${quote(name)}`);
    return info;
  }
}
