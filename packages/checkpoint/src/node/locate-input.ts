import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { OctetError } from "@octet/core";
import type { ByteSource } from "@octet/safetensors";
import { fileSource } from "@octet/safetensors/node";
import type { CheckpointFolder } from "../open/checkpoint-input.ts";
import { type OpenInput, openInput, openSingleFile } from "../open/open-input.ts";
import { checkPath } from "./check-path.ts";
import { describeFailure, isSystemError } from "./file-errors.ts";

/** Where a checkpoint is. */
export interface LocatedInput {
  /** As the user wrote it. */
  readonly path: string;
  /** The folder that holds the weights. */
  readonly folder: string;
  /** The weights in it: a safetensors file, or the index of several. */
  readonly weights: string;
  /** Whether the user named a safetensors file, the index of several, or the folder. The latter two become folders. */
  readonly kind: "file" | "index" | "folder";
}

const usualWeights = ["model.safetensors", "model.safetensors.index.json"];

/**
 * Finds out what `path` is: a safetensors file, the index of a sharded checkpoint, or a model folder.
 * @throws OctetError `ERR_UNAVAILABLE` when it cannot be read or is a folder without weights; `ERR_UNSUPPORTED` for what is not a path
 */
export async function locateInput(path: string): Promise<LocatedInput> {
  checkPath(path);
  const stats = await describeFailure(`read ${path}`, () => stat(path));
  if (stats.isDirectory()) return { path, folder: path, weights: await findWeights(path), kind: "folder" };
  return { path, folder: dirname(path), weights: basename(path), kind: path.endsWith(".json") ? "index" : "file" };
}

/** The usual name, or the only index or safetensors file there is. */
async function findWeights(folder: string): Promise<string> {
  const names = (await describeFailure(`read the folder ${folder}`, () => readdir(folder))).sort();
  const usual = usualWeights.find((name) => names.includes(name));
  if (usual !== undefined) return usual;
  const indexes = names.filter((name) => name.endsWith(".safetensors.index.json"));
  const candidates = indexes.length > 0 ? indexes : names.filter((name) => name.endsWith(".safetensors"));
  if (candidates.length === 1) return candidates[0];
  throw new OctetError(
    "ERR_UNAVAILABLE",
    candidates.length === 0
      ? `the folder ${folder} has no weights: neither a .safetensors file nor a .safetensors.index.json`
      : `the folder ${folder} has several weights, name one of them: ${candidates.join(", ")}`,
  );
}

/** Opens what was located; headers are read. @throws OctetError as `openInput` does; `ERR_UNAVAILABLE` where the system refuses */
export async function openLocated({ path, folder, weights, kind }: LocatedInput): Promise<OpenInput> {
  return describeFailure(`read ${path}`, async () => {
    if (kind === "file") return openSingleFile(await fileSource(path), weights, null);
    return openInput(folderOnDisk(folder, weights));
  });
}

function folderOnDisk(folder: string, weights: string): CheckpointFolder {
  return { weights, open: (file) => openIfThere(join(folder, file)) };
}

async function openIfThere(path: string): Promise<ByteSource | null> {
  try {
    return await describeFailure(`read ${path}`, () => fileSource(path));
  } catch (error) {
    if (isSystemError((error as Error).cause, "ENOENT")) return null;
    throw error;
  }
}
