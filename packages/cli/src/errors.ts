import { OctetError } from "@octet/core";
import { CommanderError } from "commander";
import { Interruption } from "./process/interruption.ts";

/** How an error is reported: one line, `octet: CODE: message`, and the exit code. */
export interface ErrorReport {
  readonly code: string;
  readonly message: string;
  readonly exitCode: number;
}

/** Wrong usage that the option parser cannot see by itself. */
export class UsageError extends Error {}

/**
 * Codes beyond those of OctetError: `ERR_USAGE` (exit 2), `ERR_INTERRUPTED`, and `ERR_INTERNAL` for unforeseen errors.
 */
export function describeError(error: unknown, hint: string): ErrorReport {
  if (error instanceof Interruption) {
    return { code: "ERR_INTERRUPTED", message: error.message, exitCode: error.exitCode };
  }
  if (error instanceof CommanderError || error instanceof UsageError) {
    // The parser's messages start with "error: ", and some end with a full stop.
    const message = error.message.replace(/^error: |\.$/g, "");
    return { code: "ERR_USAGE", message: `${message}; see ${hint}`, exitCode: 2 };
  }
  if (OctetError.isInstance(error)) return { code: error.code, message: error.message, exitCode: 1 };
  if (isSystemError(error)) return { code: "ERR_UNAVAILABLE", message: error.message, exitCode: 1 };
  if (error instanceof RangeError && /allocation failed|array length/i.test(error.message)) {
    return { code: "ERR_OUT_OF_MEMORY", message: error.message, exitCode: 1 };
  }
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return { code: "ERR_INTERNAL", message: `${message} (--debug prints where)`, exitCode: 1 };
}

/** Packages describe most refusals of the system; this is for the others. */
function isSystemError(error: unknown): error is Error {
  return error instanceof Error && "syscall" in error;
}
