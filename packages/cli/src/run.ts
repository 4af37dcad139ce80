import { type Command, CommanderError } from "commander";
import { colorsFor } from "./colors.ts";
import { describeError, UsageError } from "./errors.ts";
import { printable } from "./printable.ts";
import { createProgram } from "./program.ts";
import type { Session, Streams } from "./session.ts";

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
  const cause = session.signal.aborted ? session.signal.reason : error;
  // The parser's answer to a missing command is a page of help.
  const usage = isMissingCommand(cause) ? new UsageError(`no command given, there are ${names.join(", ")}`) : cause;
  const report = describeError(usage, `octet ${called === undefined ? "" : `${called} `}--help`);
  const colors = colorsFor(session.stderr, session.env);
  session.stderr.write(`${colors.red("octet:")} ${report.code}: ${printable(report.message)}\n`);
  if (program.opts().debug && report.exitCode === 1 && error instanceof Error) session.stderr.write(`${error.stack}\n`);
  return report.exitCode;
}

function isMissingCommand(error: unknown): boolean {
  return error instanceof CommanderError && error.code === "commander.help";
}
