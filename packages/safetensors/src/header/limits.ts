/** The limits that the reader and the writer share: a file that the writer makes is one that the reader opens. */
export interface SafetensorsLimits {
  /** Bytes of JSON before the data, and of a shard index. The reference implementation has the same limit. */
  readonly headerBytes: number;
  /** Tensors of one file and of one shard index, and entries of `__metadata__`. */
  readonly tensors: number;
  /** UTF-16 code units of a tensor's name. */
  readonly nameLength: number;
  /** Dimensions of one tensor. */
  readonly rank: number;
  /** Fields of one tensor's description, unknown ones included, and of a shard index. */
  readonly fields: number;
  /** Objects and arrays inside each other, the outermost one included. The reference implementation has the same limit. */
  readonly depth: number;
}

/** Fixed, so that no file can make a reader allocate or compute much more than its own size calls for. */
export const safetensorsLimits: SafetensorsLimits = Object.freeze({
  headerBytes: 100_000_000,
  tensors: 500_000,
  nameLength: 4_096,
  rank: 1_024,
  fields: 100,
  depth: 127,
});
