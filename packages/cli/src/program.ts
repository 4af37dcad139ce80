import { Command } from "commander";
import { addBackendsCommand } from "./commands/backends.ts";
import { addCompareCommand } from "./commands/compare.ts";
import { addConformanceCommand } from "./commands/conformance.ts";
import { addInspectCommand } from "./commands/inspect.ts";
import { addQuantizeCommand } from "./commands/quantize.ts";
import type { Session } from "./session.ts";
import { readVersion } from "./version.ts";

/** The command with its subcommands. It throws what is wrong instead of printing it or ending the process: see `run`. */
export function createProgram(session: Session): Command {
  const program = new Command("octet")
    .description("Quantize the weights of a neural network to INT8, and see what it cost.")
    .version(readVersion(), "-V, --version", "print the version")
    .option("--debug", "print the stack of an error")
    .helpOption("-h, --help", "print help, of a command with its examples")
    .exitOverride()
    .showSuggestionAfterError()
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => session.stdout.write(text),
      writeErr: () => {},
      getOutHelpWidth: () => session.stdout.columns ?? 100,
      getOutHasColors: () => false,
    })
    .addHelpText(
      "after",
      `
Examples:
  $ octet quantize model.safetensors -o model-int8.safetensors
  $ octet inspect model-int8.safetensors
  $ octet compare model.safetensors model-int8.safetensors

Exit codes: 0 done, 1 an error, 2 wrong usage, 130 or 143 interrupted.`,
    );
  addQuantizeCommand(program, session);
  addInspectCommand(program, session);
  addCompareCommand(program, session);
  addBackendsCommand(program, session);
  addConformanceCommand(program, session);
  return program;
}
