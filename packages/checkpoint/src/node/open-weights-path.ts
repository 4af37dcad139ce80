import type { TensorContainer } from "../containers/tensor-container.ts";
import { locateInput, openLocated } from "./locate-input.ts";

/** The weight files of a checkpoint on the disk. Disposing it closes them. */
export interface OpenWeights extends AsyncDisposable {
  /** By name, relative to the folder that holds them; one, or the shards of an index. */
  readonly files: ReadonlyMap<string, TensorContainer>;
  /** The texts of `__metadata__` that all files which have the key agree on. */
  readonly metadata: ReadonlyMap<string, string>;
  /** Idempotent. */
  close(): Promise<void>;
}

/**
 * Opens the weights of a checkpoint as they are stored, to look at: only headers are read. `path` is a `.safetensors` file, the index of
 * a sharded checkpoint, or a model folder.
 * @throws OctetError `ERR_UNAVAILABLE` for what cannot be read and for a folder without weights; `ERR_FORMAT` for a malformed file
 */
export async function openWeightsPath(path: string): Promise<OpenWeights> {
  const { files, container } = await openLocated(await locateInput(path));
  const close = (): Promise<void> => container.close();
  return { files, metadata: container.metadata, close, [Symbol.asyncDispose]: close };
}
