import { OctetError } from "@octet/core";

/** The codes of the system that people meet, in words. */
const meanings: ReadonlyMap<string, string> = new Map([
  ["ENOENT", "there is no such file or folder"],
  ["EACCES", "permission denied"],
  ["EPERM", "not permitted"],
  ["ENOTDIR", "a part of the path is not a folder"],
  ["EISDIR", "it is a folder"],
  ["ELOOP", "its symbolic links go round in circles"],
  ["ENAMETOOLONG", "the name is longer than the file system allows"],
  ["ENOSPC", "the disk is full"],
  ["EDQUOT", "the quota of the disk is used up"],
  ["EFBIG", "the file is larger than the system allows"],
  ["EROFS", "the file system is read-only"],
  ["EMFILE", "too many files are open"],
  ["EIO", "the device reports an error"],
]);

/** Whether `error` comes from the system, with this code if one is given. */
export function isSystemError(error: unknown, code?: string): error is NodeJS.ErrnoException {
  const got = error instanceof Error && "syscall" in error ? (error as NodeJS.ErrnoException).code : undefined;
  return got !== undefined && (code === undefined || got === code);
}

/** Runs `work`, and turns what the system refuses into `ERR_UNAVAILABLE` that says in words what could not be done: "read PATH". */
export async function describeFailure<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (!isSystemError(cause)) throw cause;
    const meaning = meanings.get(cause.code ?? "") ?? cause.message;
    throw new OctetError("ERR_UNAVAILABLE", `cannot ${what}: ${meaning} (${cause.code})`, { cause });
  }
}
