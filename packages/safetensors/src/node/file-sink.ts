import { type FileHandle, open } from "node:fs/promises";
import type { ByteSink } from "../byte-sink.ts";
import { OctetError } from "../errors.ts";
import { checkPath } from "./file-source.ts";

/** The most that one call to the system is asked for; Node cannot take 2 GiB at once. */
const LARGEST_CALL = 2 ** 30;

export interface FileSink extends ByteSink, AsyncDisposable {
  /** Resolves when the system has put everything written so far on the disk. */
  sync(): Promise<void>;
  /** Idempotent. It does not sync. */
  close(): Promise<void>;
}

export interface FileSinkOptions {
  /** "w" replaces what is there, the default; "wx" refuses to. */
  readonly flags?: "w" | "wx";
  /** The permissions of a file that is made, less those that the process's umask takes away. Default 0o666. */
  readonly mode?: number;
}

/**
 * Writes a file from its start.
 *
 * Rejects with Node's own error (EEXIST, EACCES, ENOSPC...) where the system refuses, and with ERR_UNSUPPORTED for an
 * argument that it does not take.
 */
export async function fileSink(path: string | URL, options: FileSinkOptions = {}): Promise<FileSink> {
  const { flags = "w", mode = 0o666 } = options ?? {};
  if (flags !== "w" && flags !== "wx") refuse("flags", flags, '"w" or "wx"');
  if (!Number.isInteger(mode) || mode < 0 || mode > 0o777) refuse("mode", mode, "an integer from 0 to 0o777");
  const handle = await open(checkPath(path), flags, mode);
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closed ??= handle.close();
    return closed;
  };
  return {
    write: (bytes) => writeFully(handle, bytes, LARGEST_CALL),
    sync: () => handle.sync(),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function refuse(option: string, got: unknown, wanted: string): never {
  throw new OctetError("ERR_UNSUPPORTED", `got ${option} ${String(got)}; use ${wanted}`);
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
