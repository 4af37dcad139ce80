import type { ByteFolder, ByteSink, ByteSource } from "@octet/safetensors";

/**
 * A model folder, wherever it is: on a disk, on a server (`httpFolder` of `@octet/safetensors`), among the files that a user chose in a
 * browser. `config.json`, the weights and their index are asked for by name.
 */
export interface CheckpointFolder extends ByteFolder {
  /**
   * The name of the weights: a `.safetensors` file, or the index of several, which ends in `.json`. Default: `model.safetensors`, or
   * else `model.safetensors.index.json`.
   */
  readonly weights?: string;
}

/** One safetensors file, or a folder with its config.json. */
export type CheckpointInput = ByteSource | CheckpointFolder;

/** A file that is being written. */
export interface CheckpointSink extends ByteSink {
  /** Called once, after the last `write` of a file that is complete. */
  close?(): Promise<void>;
  /** Called instead of `close` when writing failed or was given up: what was written is of no use. */
  abort?(reason: unknown): Promise<void>;
}

/** Makes the sink of one file of the output: `model.safetensors`, a shard, the index or `config.json`. Called for one file at a time. */
export type CreateSink = (file: string) => CheckpointSink | Promise<CheckpointSink>;

export function isCheckpointFolder(input: CheckpointInput): input is CheckpointFolder {
  return "open" in input;
}
