import { type CheckpointFormat, defaultSkip, parseGranularity, type QuantizationReport } from "@octet/checkpoint";
import { quantizePath } from "@octet/checkpoint/node";
import type { Backend, Granularity } from "@octet/core";
import { type Command, InvalidArgumentError, Option } from "commander";
import { backendEntries } from "../backends/backend-entry.ts";
import { type ChosenBackend, chooseBackend } from "../backends/choose-backend.ts";
import type { QuantizeJson } from "../json.ts";
import { printJson, type Session } from "../session.ts";
import { type ProgressStep, withProgress } from "../terminal/progress.ts";
import { printReport, printWarnings, reportToJson } from "../terminal/report.ts";
import { collect, colorsFor, printable } from "../terminal/text.ts";

interface QuantizeOptions {
  readonly output: string;
  readonly format: CheckpointFormat;
  readonly granularity: Granularity;
  readonly bits: number;
  readonly skip?: readonly string[];
  readonly only?: readonly string[];
  readonly backend: string;
  readonly json?: true;
  readonly force?: true;
  readonly quiet?: true;
}

const formats: readonly CheckpointFormat[] = ["compressed-tensors", "int8"];

export function addQuantizeCommand(program: Command, session: Session): void {
  const backends = ["auto", ...backendEntries.map(({ name }) => name)];
  program
    .command("quantize")
    .description("Quantize the weights of a checkpoint, write it, and show what each layer lost.")
    .argument("<input>", "a .safetensors file, a .safetensors.index.json or a model folder")
    .requiredOption("-o, --output <path>", "the file to write, or the folder where the input has several files")
    .addOption(new Option("--format <format>", "how to store it").choices(formats).default(formats[0]))
    .addOption(
      new Option("--granularity <kind>", "what shares a scale: channel, tensor or group:N")
        .argParser(parseGranularityOption)
        .default({ kind: "channel", dim: 0 }, "channel"),
    )
    .addOption(new Option("--bits <number>", "bits of a code, 2 to 8").argParser(parseBits).default(8))
    .option(
      "--skip <glob>",
      `leave these in float; replaces the default ${defaultSkip.join(" ")} (repeatable)`,
      collect,
    )
    .option("--only <glob>", "quantize only these (repeatable)", collect)
    .addOption(new Option("--backend <name>", "what computes").choices(backends).default("auto"))
    .option("--json", "print one JSON document instead of a table")
    .option("--force", "replace the output if it exists")
    .option("--quiet", "print errors only")
    .addHelpText(
      "after",
      `
Globs match the name of a tensor, of its module, or the last part of that; * also crosses dots.
Every backend writes the same bytes. auto takes the fastest that runs: octet backends shows which.

Examples:
  $ octet quantize model.safetensors -o model-int8.safetensors
  $ octet quantize ./my-model -o ./my-model-int8
  $ octet quantize ./my-model -o ./my-model-int4 --bits 4 --granularity group:32
  $ octet quantize model.safetensors -o out.safetensors --format int8 --skip lm_head --skip '*.layers.0.*'
  $ octet quantize model.safetensors.index.json -o ./out --json > report.json`,
    )
    .action((input: string, options: QuantizeOptions) => quantize(input, options, session));
}

async function quantize(input: string, options: QuantizeOptions, session: Session): Promise<void> {
  const { output, quiet, json } = options;
  const chosen = await chooseBackend(options.backend);
  const { backend, rejected } = chosen;
  try {
    const report = await quantizeWithProgress(input, options, backend, session);
    if (!quiet) printChoice(chosen, session);
    if (!quiet) printWarnings(report, session);
    if (json) {
      const { name, device, features } = backend.info;
      const computed = { name, device, features, rejected };
      const document: QuantizeJson = { input, output, backend: computed, ...reportToJson(report) };
      printJson(session, document);
    } else if (!quiet) {
      printReport(report, session);
    }
  } finally {
    backend.dispose();
  }
}

async function quantizeWithProgress(
  input: string,
  { output, format, granularity, bits, skip, only, force, quiet }: QuantizeOptions,
  backend: Backend,
  session: Session,
): Promise<QuantizationReport> {
  const quantizeInto = (update: (step: ProgressStep) => void): Promise<QuantizationReport> =>
    quantizePath(input, output, {
      format,
      granularity,
      bits,
      backend,
      force: force === true,
      ...(skip && { skip }),
      ...(only && { only }),
      signal: session.signal,
      onProgress: ({ tensor, bytesDone, bytesTotal }) => update({ label: tensor, done: bytesDone, total: bytesTotal }),
    });
  return quiet ? quantizeInto(() => {}) : withProgress(session, "bytes", quantizeInto);
}

/** Says what computed and, where `auto` chose it, why not the faster ones. After the work, so that an error stays one line. */
function printChoice({ backend, rejected }: ChosenBackend, { stderr, env }: Session): void {
  const colors = colorsFor(stderr, env);
  const { name, device } = backend.info;
  const lines = [`backend ${name} (${device})`, ...rejected.map(({ name, reason }) => `  not ${name}: ${reason}`)];
  for (const line of lines) stderr.write(`${colors.dim(printable(line))}\n`);
}

function parseGranularityOption(text: string): Granularity {
  try {
    return parseGranularity(text);
  } catch {
    throw new InvalidArgumentError("Use channel, tensor or group:N.");
  }
}

function parseBits(text: string): number {
  if (/^[2-8]$/.test(text)) return Number(text);
  throw new InvalidArgumentError("Use a whole number from 2 to 8.");
}
