import { comparePaths } from "@octet/checkpoint/node";
import type { Command } from "commander";
import type { CompareJson } from "../json.ts";
import { printJson, type Session } from "../session.ts";
import { withProgress } from "../terminal/progress.ts";
import { printReport, printWarnings, reportToJson } from "../terminal/report.ts";

export function addCompareCommand(program: Command, session: Session): void {
  program
    .command("compare")
    .description(
      "Show what quantization cost a checkpoint that was made earlier, by any tool that writes these formats.",
    )
    .argument("<original>", "the float checkpoint: a .safetensors file, a .safetensors.index.json or a model folder")
    .argument("<quantized>", "what was made of it, in either format")
    .option("--json", "print one JSON document instead of a table")
    .addHelpText(
      "after",
      `
Examples:
  $ octet compare model.safetensors model-int8.safetensors
  $ octet compare ./my-model ./my-model-int8 --json`,
    )
    .action((original: string, quantized: string, options: { json?: true }) => {
      return compare(original, quantized, options, session);
    });
}

async function compare(
  original: string,
  quantized: string,
  { json }: { json?: true },
  session: Session,
): Promise<void> {
  const report = await withProgress(session, "bytes", (update) => {
    return comparePaths(original, quantized, {
      signal: session.signal,
      onProgress: ({ tensor, bytesDone, bytesTotal }) => update({ label: tensor, done: bytesDone, total: bytesTotal }),
    });
  });
  printWarnings(report, session);
  if (!json) return printReport(report, session);
  const document: CompareJson = { original, quantized, ...reportToJson(report) };
  printJson(session, document);
}
