import { open } from "node:fs/promises";
import { isSystemError } from "./file-errors.ts";

/** What systems say that do not open folders, or do not sync them: names last there when the system gets round to it. */
const notPossible: ReadonlySet<string | undefined> = new Set([
  "EISDIR",
  "EPERM",
  "EACCES",
  "EINVAL",
  "ENOTSUP",
  "EBADF",
]);

/** Waits until the names in a folder are on the disk. Rejects with Node's own error where they cannot be. */
export async function syncFolder(path: string): Promise<void> {
  try {
    await using handle = await open(path, "r");
    await handle.sync();
  } catch (error) {
    if (!isSystemError(error) || !notPossible.has(error.code)) throw error;
  }
}
