import type { FileHandle } from "node:fs/promises";
import type { ByteSink } from "../bytes/byte-sink.ts";
import { checkBytes } from "../bytes/check-bytes.ts";
import { OctetError, quote } from "../errors.ts";
import { openFile } from "./open-file.ts";

/** The most that one call to the system is asked for; Node cannot take 2 GiB at once. */
const LARGEST_CALL = 2 ** 30;

export interface FileSink extends ByteSink, AsyncDisposable {
  /** Resolves when the system has put everything written so far on the disk. */
  sync(): Promise<void>;
  /** Idempotent. It does not sync. */
  close(): Promise<void>;
}

export interface FileSinkOptions {
  /** Those of `fs.open`: "w" replaces what is there, "wx" refuses to. Default "w". */
  readonly flags?: string;
  /** The permissions of a file that is made, less those that the process's umask takes away. Default 0o666. */
  readonly mode?: number;
}

/**
 * Writes a file from its start.
 *
 * Rejects with Node's own error (EEXIST, EACCES, ENOSPC...) where the system refuses, with ERR_UNSUPPORTED for what
 * cannot be a path, flags or a mode, and with ERR_DTYPE for bytes that are not a Uint8Array.
 */
export async function fileSink(path: string | URL, options: FileSinkOptions = {}): Promise<FileSink> {
  if (typeof options !== "object" || options === null) {
    throw new OctetError("ERR_UNSUPPORTED", `the options are ${quote(options)}; pass an object`);
  }
  const handle = await openFile(path, options.flags ?? "w", options.mode);
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closed ??= handle.close();
    return closed;
  };
  return {
    async write(bytes) {
      checkBytes("the sink", bytes);
      await writeFully(handle, bytes, LARGEST_CALL);
    },
    sync: () => handle.sync(),
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Writes all of `bytes` where the file stands, `largestCall` bytes at a time. */
export async function writeFully(
  handle: Pick<FileHandle, "write">,
  bytes: Uint8Array,
  largestCall: number,
): Promise<void> {
  let written = 0;
  while (written < bytes.byteLength) {
    const length = Math.min(bytes.byteLength - written, largestCall);
    written += (await handle.write(bytes, written, length)).bytesWritten;
  }
}
