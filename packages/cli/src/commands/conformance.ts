import type { Command } from "commander";
import { backendEntries } from "../backends/backend-entry.ts";
import type { ConformanceOptions } from "../check-conformance.ts";
import type { Session } from "../session.ts";
import { collect } from "../terminal/text.ts";

export function addConformanceCommand(program: Command, session: Session): void {
  const names = backendEntries.map(({ name }) => name).join(", ");
  program
    .command("conformance")
    .description("Check that a backend computes what the numeric contract says, bit for bit where it says exact.")
    .requiredOption("--backend <name>", `${names}, or a module whose default export makes a backend`)
    .option("--profile <name>", "the ops that the backend must run: layers or models", "layers")
    .option("--golden <manifest>", "check against the vectors of this manifest instead of running the suite")
    .option("--filter <glob>", "run the cases whose id matches; !glob leaves them out (repeatable)", collect)
    .option("--json", "print one JSON document instead of text")
    .addHelpText(
      "after",
      `
Examples:
  $ octet conformance --backend reference
  $ octet conformance --backend reference --golden contract.json
  $ octet conformance --backend ./my-backend.js --filter 'quantize/*'
  $ octet conformance --backend webgpu --profile models --filter '!large/*'

The last line is "N passed, N failed, N skipped"; skipped are cases whose ops the backend does not support, and which the
profile does not require. The exit code is 0 only if none failed.`,
    )
    .action(async (options: ConformanceOptions) => {
      // The suite is large, and the other commands do not need it.
      const { checkConformance } = await import("../check-conformance.ts");
      await checkConformance(options, session);
    });
}
