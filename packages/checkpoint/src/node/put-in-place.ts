import { link, mkdir, open, rename, rm, rmdir, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import { OctetError } from "@octet/core";
import { describeFailure, isSystemError } from "./file-errors.ts";
import { checkReplaceable, type LocatedOutput } from "./locate-output.ts";
import { syncFolder } from "./sync-folder.ts";

/**
 * Gives a complete output its name. Without `force` the name must be free, and nothing that takes it in the meantime is replaced. With
 * `force`, what had the name before is gone after that, and not before.
 * @throws OctetError `ERR_UNAVAILABLE` when the name is taken by something that must stay; Node's own error where the system refuses
 */
export async function putInPlace(temporary: string, output: LocatedOutput): Promise<void> {
  const { path, name, isFolder, force } = output;
  const exists = await checkReplaceable(output);
  if (exists) return isFolder ? replaceFolder(temporary, path) : rename(temporary, path);
  try {
    await takeFreeName(temporary, path, isFolder);
  } catch (error) {
    if (!isSystemError(error, "EEXIST") && !isSystemError(error, "ENOTEMPTY")) throw error;
    const advice = force ? "run it again" : "choose another name, or pass --force to replace it";
    throw new OctetError("ERR_UNAVAILABLE", `${name} appeared while it was being written: ${advice}`, { cause: error });
  }
}

/** A rename would replace a file of that name. A hard link fails instead, and so does `mkdir` of the folder that the rename then replaces. */
async function takeFreeName(temporary: string, path: string, isFolder: boolean): Promise<void> {
  if (!isFolder && (await takeSecondName(temporary, path))) return unlink(temporary);
  // On Windows, the rename of a folder never replaces anything.
  if (isFolder && process.platform === "win32") return rename(temporary, path);
  await (isFolder ? mkdir(path) : createEmpty(path));
  try {
    await rename(temporary, path);
  } catch (error) {
    await (isFolder ? rmdir(path) : unlink(path)).catch(() => undefined); // the first error is the one that explains
    throw error;
  }
}

/** False on file systems where a file has one name. */
async function takeSecondName(temporary: string, path: string): Promise<boolean> {
  try {
    await link(temporary, path);
    return true;
  } catch (error) {
    if (isSystemError(error, "EEXIST")) throw error;
    return false;
  }
}

async function createEmpty(path: string): Promise<void> {
  await using _handle = await open(path, "wx");
}

/** A folder does not rename onto another, so the old one steps aside; it steps back if the new one cannot take its place. */
async function replaceFolder(temporary: string, path: string): Promise<void> {
  const old = `${temporary}.old`;
  await rename(path, old);
  try {
    await rename(temporary, path);
  } catch (error) {
    await describeFailure(`put ${path} back, which is ${old} now`, () => rename(old, path));
    throw error;
  }
  await syncFolder(dirname(path));
  await describeFailure(`remove ${old}, which ${path} was before`, () => rm(old, { recursive: true, force: true }));
}
