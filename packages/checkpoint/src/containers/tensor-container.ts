import type { ByteSink } from "@octet/safetensors";

/** A tensor in a container, or one to write into a container. */
export interface StoredTensor {
  readonly name: string;
  /**
   * As safetensors spells it: "F32", "BF16", "I8", "I64". A container may have types of its own, whose tensors are copied and never read.
   */
  readonly dtype: string;
  /** Elements lie in C order, little endian. */
  readonly shape: readonly number[];
  /** Bytes of its data. */
  readonly byteLength: number;
}

/**
 * A file that holds tensors by name, or several read as one. A container knows names, types and bytes; what the tensors of a quantized
 * weight are called and how their bytes hold codes is the `Format`'s to say, so that any format may lie in any container. The readers of
 * `@octet/safetensors`, single and sharded, are containers as they stand.
 */
export interface TensorContainer {
  /** By name, in the order of their data. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  /** Texts about the whole. */
  readonly metadata: ReadonlyMap<string, string>;
  /**
   * Bytes [start, end) of a tensor, counted from its first: freshly allocated and alone in their `buffer`, so that any typed array may
   * view them. Rejects with ERR_FORMAT for an unknown name, ERR_SHAPE for bytes that are not inside it, ERR_OUT_OF_MEMORY, ERR_DISPOSED.
   */
  readRange(name: string, start: number, end: number): Promise<Uint8Array<ArrayBuffer>>;
  /** Fills `target` with bytes of a tensor, from byte `start` of it on. Rejects as `readRange`; what `target` holds then is undefined. */
  readInto(name: string, start: number, target: Uint8Array): Promise<void>;
  /** Closes the files; idempotent. */
  close(): Promise<void>;
}

/** What a container that is written holds. */
export interface ContainerContents {
  /** In any order; the container has its own. */
  readonly tensors: Iterable<StoredTensor>;
  readonly metadata: ReadonlyMap<string, string>;
}

/** Writes the data of a container whose contents are known, front to back. */
export interface ContainerWriter {
  /**
   * All tensors, in the order in which `write` wants their bytes. It is the container's: safetensors has all scales before all codes,
   * another may have the codes of a layer first.
   */
  readonly tensors: readonly StoredTensor[];
  /** Appends bytes of a tensor; the whole of it, or any piece. `bytes` may be reused once it has resolved. */
  write(name: string, bytes: Uint8Array): Promise<void>;
  /** Rejects with ERR_FORMAT if bytes are missing. The sink stays open: it is the caller's to close. */
  finish(): Promise<void>;
}

/**
 * Begins a container in a sink.
 * @throws OctetError naming the tensor, before anything is written, when the contents cannot be stored
 */
export type CreateContainerWriter = (sink: ByteSink, contents: ContainerContents) => Promise<ContainerWriter>;
