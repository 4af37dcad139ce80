import { stat } from "node:fs/promises";
import { isSystemError } from "./file-errors.ts";

/** The permissions of a file or folder, for another that is made like it. */
export async function permissionsOf(path: string): Promise<number> {
  return (await stat(path)).mode & 0o777;
}

/** The permissions of a folder, for another that its owner has to write into. */
export async function folderPermissionsOf(path: string): Promise<number> {
  return (await permissionsOf(path)) | 0o700;
}

/** The permissions of the first of the paths, or of the second where the first does not exist. */
export async function permissionsOfEither(path: string, other: string): Promise<number> {
  try {
    return await permissionsOf(path);
  } catch (error) {
    if (isSystemError(error, "ENOENT")) return permissionsOf(other);
    throw error;
  }
}
