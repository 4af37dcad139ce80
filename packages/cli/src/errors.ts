import { OctetError } from "@octet/core";
import { CommanderError } from "commander";
import { Interruption } from "./interruption.ts";

/** What is told about an error: one line, `octet: CODE: message`, and the exit code. */
export interface ErrorReport {
  readonly code: string;
  readonly message: string;
  readonly exitCode: number;
}

/** Wrong usage that the option parser cannot see by itself. */
export class UsageError extends Error {}

const systemMessages: Readonly<Record<string, string>> = {
  ENOENT: "no such file or folder",
  EACCES: "permission denied",
  EPERM: "operation not permitted",
  ENOSPC: "no space left on the disk",
  EDQUOT: "the disk quota is used up",
  EISDIR: "is a folder, not a file",
  ENOTDIR: "is not a folder, or lies in one that is not",
  EEXIST: "exists already",
  EROFS: "the file system is read-only",
  EMFILE: "too many open files",
  EIO: "the device failed to read or write",
};

/**
 * Codes beyond those of OctetError: `ERR_USAGE` (exit 2), `ERR_IO` for what the file system refused, `ERR_INTERRUPTED`, and
 * `ERR_INTERNAL` for what nobody foresaw.
 */
export function describeError(error: unknown, hint: string): ErrorReport {
  if (error instanceof Interruption) {
    return { code: "ERR_INTERRUPTED", message: error.message, exitCode: error.exitCode };
  }
  if (error instanceof CommanderError || error instanceof UsageError) {
    return { code: "ERR_USAGE", message: `${error.message.replace(/^error: /, "")}; see ${hint}`, exitCode: 2 };
  }
  if (OctetError.isInstance(error)) return { code: error.code, message: error.message, exitCode: 1 };
  if (isSystemError(error)) return { code: "ERR_IO", message: describeSystemError(error), exitCode: 1 };
  if (error instanceof RangeError && /allocation failed|array length/i.test(error.message)) {
    return { code: "ERR_OUT_OF_MEMORY", message: error.message, exitCode: 1 };
  }
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return { code: "ERR_INTERNAL", message: `${message} (--debug prints where)`, exitCode: 1 };
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "syscall" in error && typeof (error as NodeJS.ErrnoException).code === "string";
}

function describeSystemError({ code, message, path, dest }: NodeJS.ErrnoException & { dest?: string }): string {
  const known = systemMessages[code!];
  if (known === undefined) return message;
  const subject = dest ?? path;
  return `${subject === undefined ? "" : `${subject}: `}${known} (${code})`;
}
