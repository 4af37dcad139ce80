import { lstat, readdir, realpath, stat } from "node:fs/promises";
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { OctetError } from "@octet/core";
import { checkPath } from "./check-path.ts";
import { describeFailure, isSystemError } from "./file-errors.ts";
import type { LocatedInput } from "./locate-input.ts";

/** Where the output goes. */
export interface LocatedOutput {
  /** Absolute, without symbolic links but for a last part that does not exist yet. */
  readonly path: string;
  /** As the user wrote it, with the name of the input where it goes into a folder. For messages. */
  readonly name: string;
  readonly isFolder: boolean;
  /** Whether something that is there may be replaced. */
  readonly force: boolean;
}

/**
 * Decides where the output goes, and refuses what would harm the input or, without `force`, anything else. One file becomes one file, in
 * OUT if that is a folder that exists; a folder, or an index, becomes a folder.
 * @throws OctetError `ERR_UNAVAILABLE`; `ERR_UNSUPPORTED` for what is not a path
 */
export async function locateOutput(input: LocatedInput, output: string, force: boolean): Promise<LocatedOutput> {
  checkPath(output);
  const found = await statIfThere(output);
  const isFolder = input.kind !== "file";
  const intoFolder = !isFolder && (found?.isDirectory() === true || /[/\\]$/.test(output));
  const name = intoFolder ? join(output, basename(input.path)) : output;
  const path = await realPath(name);
  if (isFolder && path.endsWith(".safetensors") && (await statIfThere(path))?.isDirectory() !== true) {
    refuse(`${input.path} becomes a folder; got the output ${output}: name a folder`);
  }
  await checkApart(input, path, name);
  const located = { path, name, isFolder, force };
  await checkReplaceable(located);
  return located;
}

/**
 * Refuses to replace an existing file or folder with the output's name where it must stay.
 * @returns whether there is something to replace
 * @throws OctetError `ERR_UNAVAILABLE`
 */
export async function checkReplaceable({ path, name, isFolder, force }: LocatedOutput): Promise<boolean> {
  const existing = await statIfThere(path);
  if (existing === undefined && !(await isDanglingLink(path))) return false;
  if (existing !== undefined && !existing.isFile() && !existing.isDirectory()) {
    refuse(`the output ${name} is a device, a pipe or a socket, which is never replaced: choose another name`);
  }
  if (existing !== undefined && existing.isDirectory() !== isFolder) {
    const [is, needs] = isFolder ? ["a file", "folder"] : ["a folder", "file"];
    refuse(`${name} is ${is}, and this output is a ${needs}: choose another name`);
  }
  if (!force) refuse(`the output ${name} exists: choose another name, or pass --force to replace it`);
  if (isFolder && existing !== undefined) await checkIsModel(path, name);
  return true;
}

async function checkApart({ path, folder, kind }: LocatedInput, output: string, wanted: string): Promise<void> {
  const source = await realpath(kind === "file" ? path : folder);
  const [a, b] = [await statIfThere(source), await statIfThere(output)];
  const same = source === output || (a !== undefined && b !== undefined && a.ino === b.ino && a.dev === b.dev);
  const what = kind === "index" ? "the folder of the input" : "the input itself";
  if (same) refuse(`the output ${wanted} is ${what}: choose another name`);
  if (kind === "folder" && isInside(output, source)) {
    refuse(`the output ${wanted} lies inside the input ${path}: choose a folder outside it`);
  }
  if (isInside(source, output)) refuse(`the input ${path} lies inside the output ${wanted}, which would be replaced`);
}

/** Replacing a folder removes all that is in it, which must not happen to a folder that was never a model. */
async function checkIsModel(path: string, wanted: string): Promise<void> {
  const names = await describeFailure(`read ${wanted}`, () => readdir(path));
  if (names.length === 0 || names.some((name) => name === "config.json" || /\.safetensors(\.index\.json)?$/.test(name)))
    return;
  refuse(
    `the output ${wanted} is a folder of other things (${names[0]}), which --force does not remove: choose another name`,
  );
}

/** Whether `path` lies below `folder`; both absolute and real. */
export function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== "" && way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/** The real path, also of what does not exist yet: then that of the nearest folder that does, and the rest as it is written. */
async function realPath(path: string): Promise<string> {
  const absolute = resolve(path);
  try {
    return await realpath(absolute);
  } catch (error) {
    const parent = dirname(absolute);
    if (!isSystemError(error, "ENOENT") || parent === absolute) {
      return describeFailure(`write ${path}`, () => Promise.reject(error));
    }
    return join(await realPath(parent), basename(absolute));
  }
}

async function statIfThere(path: string): Promise<Awaited<ReturnType<typeof stat>> | undefined> {
  return stat(path).catch((error: unknown) => {
    if (isSystemError(error, "ENOENT")) return undefined;
    return describeFailure(`write ${path}`, () => Promise.reject(error));
  });
}

async function isDanglingLink(path: string): Promise<boolean> {
  return lstat(path).then(
    (stats) => stats.isSymbolicLink(),
    () => false,
  );
}

function refuse(message: string): never {
  throw new OctetError("ERR_UNAVAILABLE", message);
}
