import { constants } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { allocateBytes, checkRange, type OwnedByteSource } from "../bytes/byte-source.ts";
import { checkBytes } from "../bytes/check-bytes.ts";
import { OctetError } from "../errors.ts";
import { openFile } from "./open-file.ts";

/** The most that one call to the system is asked for; Node cannot take 2 GiB at once. */
const LARGEST_CALL = 2 ** 30;

/**
 * Without O_NONBLOCK, opening a pipe waits for a writer, for good, and no signal ends that; without O_NOCTTY, a terminal would become
 * the process's own. Windows has neither.
 */
const readOnly = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOCTTY ?? 0);

/**
 * Random access to a file, of any size. The file must not change while it is open.
 *
 * Rejects with Node's own error (ENOENT, EACCES, EIO...) where the system refuses, with ERR_FORMAT for anything but a
 * regular file and for a file that became shorter, and with ERR_UNSUPPORTED for what cannot be a path.
 */
export async function fileSource(path: string | URL): Promise<OwnedByteSource> {
  const handle = await openFile(path, readOnly);
  const size = await regularFileSize(handle, path).catch(async (error: unknown) => {
    await handle.close();
    throw error;
  });
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closed ??= handle.close();
    return closed;
  };
  const readInto = async (offset: number, target: Uint8Array): Promise<void> => {
    if (closed !== undefined) throw new OctetError("ERR_DISPOSED", `the source of ${path} is closed`);
    checkBytes("the target", target);
    checkRange(size, offset, target.byteLength);
    await readFully(handle, target, offset, LARGEST_CALL);
  };
  return {
    size,
    async read(offset, length) {
      checkRange(size, offset, length);
      const bytes = allocateBytes(length);
      await readInto(offset, bytes);
      return bytes;
    },
    readInto,
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function regularFileSize(handle: FileHandle, path: string | URL): Promise<number> {
  const stats = await handle.stat();
  if (!stats.isFile()) throw new OctetError("ERR_FORMAT", `${path} is not a regular file`);
  return stats.size;
}

/** Fills `bytes` from `position` on, `largestCall` bytes at a time. */
export async function readFully(
  handle: Pick<FileHandle, "read">,
  bytes: Uint8Array,
  position: number,
  largestCall: number,
): Promise<void> {
  let filled = 0;
  while (filled < bytes.byteLength) {
    const length = Math.min(bytes.byteLength - filled, largestCall);
    const { bytesRead } = await handle.read(bytes, filled, length, position + filled);
    if (bytesRead === 0) {
      throw new OctetError(
        "ERR_FORMAT",
        `the file ends at byte ${position + filled}: it became shorter since it was opened`,
      );
    }
    filled += bytesRead;
  }
}
