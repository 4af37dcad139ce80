import { type FileHandle, open } from "node:fs/promises";
import { OctetError } from "../errors.ts";

/** `open` of Node, but arguments that Node refuses without asking the system are ERR_UNSUPPORTED. */
export async function openFile(path: string | URL, flags: string | number, mode?: number): Promise<FileHandle> {
  try {
    return await open(path, flags, mode);
  } catch (cause) {
    if (!(cause instanceof TypeError || cause instanceof RangeError)) throw cause;
    const advice = "pass a path or a file URL, and flags of fs.open";
    throw new OctetError("ERR_UNSUPPORTED", `cannot open the file: ${cause.message}; ${advice}`, { cause });
  }
}
