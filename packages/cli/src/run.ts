import { type Command, CommanderError } from "commander";
import { UsageError } from "./errors.ts";
import { createProgram } from "./program.ts";
import type { Session, Streams } from "./session.ts";
import { writeError } from "./write-error.ts";

/**
 * Runs the command once and resolves to its exit code; never rejects. Results go to `stdout`; errors, notes and progress go to
 * `stderr`.
 * @param argv what follows the name of the command
 */
export async function run(argv: readonly string[], streams: Streams): Promise<number> {
  const session: Session = { ...streams, exitCode: 0 };
  const program = createProgram(session);
  try {
    await program.parseAsync(argv, { from: "user" });
    return session.exitCode;
  } catch (error) {
    return reportError(error, argv, program, session);
  }
}

function reportError(error: unknown, argv: readonly string[], program: Command, session: Session): number {
  if (error instanceof CommanderError && error.exitCode === 0) return 0; // --help and --version
  const names = program.commands.map((command) => command.name());
  const called = argv.find((argument) => names.includes(argument));
  const hint = called === undefined ? "octet --help" : `octet ${called} --help`;
  const debug = program.opts().debug === true;
  if (session.signal.aborted) return writeError(session.signal.reason, hint, debug, session);
  // The parser's answer to a missing command is a page of help.
  const missing = error instanceof CommanderError && error.code === "commander.help";
  const reported = missing ? new UsageError(`no command given, there are ${names.join(", ")}`) : error;
  return writeError(reported, hint, debug, session);
}
