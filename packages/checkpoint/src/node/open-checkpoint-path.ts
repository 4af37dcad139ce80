import type { Checkpoint } from "../open/checkpoint.ts";
import { createCheckpoint } from "../open/open-checkpoint.ts";
import { locateInput, openLocated } from "./locate-input.ts";

/**
 * `openCheckpoint` for a checkpoint on the disk: a `.safetensors` file, the index of a sharded checkpoint, or a model folder.
 * @throws OctetError as `openCheckpoint` does; `ERR_UNAVAILABLE` for what cannot be read
 */
export async function openCheckpointPath(path: string): Promise<Checkpoint> {
  return createCheckpoint(await openLocated(await locateInput(path)));
}
