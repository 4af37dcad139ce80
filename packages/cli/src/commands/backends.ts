import type { Command } from "commander";
import { listBackends } from "../backends/list-backends.ts";
import type { BackendsJson } from "../json.ts";
import { printJson, type Session } from "../session.ts";
import { type Column, renderTable } from "../terminal/table.ts";

export function addBackendsCommand(program: Command, session: Session): void {
  program
    .command("backends")
    .description("Show what runs here and, for the rest, why not.")
    .option("--json", "print one JSON document instead of a table")
    .addHelpText("after", "\nExamples:\n  $ octet backends\n  $ octet backends --json")
    .action(async ({ json }: { json?: true }) => {
      const document = await listBackends();
      if (json) printJson(session, document);
      else session.stdout.write(renderBackends(document, session));
    });
}

function renderBackends({ backends, auto }: BackendsJson, { stdout, env }: Session): string {
  const rows = backends.map((backend) =>
    backend.available ? [backend.name, "yes", backend.device] : [backend.name, "no", backend.reason],
  );
  const columns: readonly Column[] = [
    { header: "backend" },
    { header: "runs" },
    { header: "on what, or why not", gives: "wraps" },
  ];
  return `${renderTable({ columns, rows }, stdout, env)}\n--backend auto takes ${auto ?? "none of them"}\n`;
}
