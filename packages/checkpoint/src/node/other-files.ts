import { readdir, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { OctetError } from "@octet/core";
import { fileSink, fileSource } from "@octet/safetensors/node";
import { configFile } from "../open/open-input.ts";
import { describeFailure } from "./file-errors.ts";
import { permissionsOf } from "./permissions.ts";

/** A file that is copied as it is. */
export interface OtherFile {
  /** Relative to the folder, in the system's spelling. */
  readonly name: string;
  /** Where its bytes are, with all symbolic links followed. */
  readonly realPath: string;
}

/** Folders of tools that fetched the model; they are not part of it. */
const leftBehind: ReadonlySet<string> = new Set([".git", ".cache"]);

/**
 * The files in a model folder and the folders below it, symbolic links followed, but for those in `written`. `.git` and `.cache` stay
 * behind.
 * @throws OctetError `ERR_UNAVAILABLE` for what cannot be read, a link that leads nowhere or into a circle, a pipe or a device
 */
export async function findOtherFiles(folder: string, written: ReadonlySet<string>): Promise<OtherFile[]> {
  const files: OtherFile[] = [];
  const visit = async (name: string, ancestors: readonly string[]): Promise<void> => {
    const path = join(folder, name);
    const real = await realpath(path);
    const stats = await stat(real);
    if (stats.isFile()) {
      await refuseUnreadable(real);
      files.push({ name, realPath: real });
    } else if (!stats.isDirectory()) {
      throw new OctetError("ERR_UNAVAILABLE", `cannot copy ${path}: it is neither a file nor a folder`);
    } else if (ancestors.includes(real)) {
      throw new OctetError("ERR_UNAVAILABLE", `cannot copy ${path}: it is a link to a folder that it lies in`);
    } else {
      await visitAll(name, real, [...ancestors, real]);
    }
  };
  const visitAll = async (name: string, real: string, ancestors: readonly string[]): Promise<void> => {
    for (const entry of (await readdir(real)).sort()) {
      const below = join(name, entry);
      if (written.has(below) || leftBehind.has(entry)) continue;
      await describeFailure(`read ${join(folder, below)}`, () => visit(below, ancestors));
    }
  };
  const root = await realpath(folder);
  await visitAll("", root, [root]);
  return files;
}

/**
 * The files beside an index that belong to its model: those of the folder itself that hold no weights, if there is a config.json among
 * them. Without one, the folder is not that of a model, and its files may be anything.
 * @throws OctetError `ERR_UNAVAILABLE` for what cannot be read
 */
export async function findFilesBeside(folder: string, written: ReadonlySet<string>): Promise<OtherFile[]> {
  const names = await describeFailure(`read ${folder}`, () => readdir(folder));
  if (!names.includes(configFile)) return [];
  const files: OtherFile[] = [];
  for (const name of names.sort()) {
    if (written.has(name) || isWeights(name)) continue;
    const path = join(folder, name);
    await describeFailure(`read ${path}`, async () => {
      const real = await realpath(path);
      if (!(await stat(real)).isFile()) return;
      await refuseUnreadable(real);
      files.push({ name, realPath: real });
    });
  }
  return files;
}

/** Opens a file only to get its error before anything is written. */
async function refuseUnreadable(path: string): Promise<void> {
  await using _source = await fileSource(path);
}

/** Whether a file holds weights, by its name. */
export function isWeights(name: string): boolean {
  return /\.(?:safetensors|safetensors\.index\.json|bin|pt|pth|ckpt|h5|msgpack|onnx|gguf)$/.test(name);
}

/** Bytes that are copied at once. */
const pieceBytes = 2 ** 22;

/**
 * Copies a file to `path`, where nothing may be, with its permissions, and waits until it is on the disk.
 *
 * It is read through a handle that is known to be that of a regular file, and no further than its size: a copy by name would wait for
 * ever where a pipe has taken the name.
 * @throws the signal's reason when it is aborted
 */
export async function copyToDisk(
  { realPath }: OtherFile,
  path: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const read = <T>(work: () => Promise<T>): Promise<T> => describeFailure(`read ${realPath}`, work);
  await using source = await read(() => fileSource(realPath));
  await using sink = await fileSink(path, { flags: "wx", mode: await read(() => permissionsOf(realPath)) });
  for (let offset = 0; offset < source.size; offset += pieceBytes) {
    signal?.throwIfAborted();
    const length = Math.min(pieceBytes, source.size - offset);
    await sink.write(await read(() => source.read(offset, length)));
  }
  await sink.sync();
}
