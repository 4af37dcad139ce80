import { OctetError } from "../errors.ts";
import { fileSource } from "./file-source.ts";

/**
 * All bytes of a file that is small by its nature, such as a config.json. Nothing is read before the file is known to be a regular
 * one of at most `limit` bytes: a pipe would keep the reader waiting, a device never ends.
 *
 * Rejects as `fileSource` does, and with ERR_FORMAT for a larger file.
 */
export async function readRegularFile(path: string | URL, limit: number): Promise<Uint8Array<ArrayBuffer>> {
  await using source = await fileSource(path);
  if (source.size > limit) {
    throw new OctetError("ERR_FORMAT", `${path} has ${source.size} bytes, the limit is ${limit}`);
  }
  return source.read(0, source.size);
}
