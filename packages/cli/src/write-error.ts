import { describeError } from "./errors.ts";
import type { Streams } from "./session.ts";
import { formatErrorLine } from "./terminal/text.ts";

/**
 * Tells an error on standard error, `octet: CODE: message` on one line, and returns the exit code. `hint` is what to type for help;
 * with `debug` the stack follows, except where the user's typing is to blame.
 */
export function writeError(error: unknown, hint: string, debug: boolean, { stderr, env }: Streams): number {
  const { code, message, exitCode } = describeError(error, hint);
  stderr.write(formatErrorLine(code, message, stderr, env));
  if (debug && exitCode === 1 && error instanceof Error) stderr.write(`${error.stack}\n`);
  return exitCode;
}
