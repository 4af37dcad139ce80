import { openWeightsPath } from "@octet/checkpoint/node";
import { sizeOf } from "@octet/core";
import type { Command } from "commander";
import prettyBytes from "pretty-bytes";
import type { InspectJson } from "../json.ts";
import { printJson, type Session } from "../session.ts";
import { renderTable } from "../terminal/table.ts";
import { countNoun, formatShape, printable } from "../terminal/text.ts";

export function addInspectCommand(program: Command, session: Session): void {
  program
    .command("inspect")
    .description("Show the tensors of a checkpoint: names, dtypes, shapes, bytes, metadata.")
    .argument("<file>", "a .safetensors file, a .safetensors.index.json or a model folder")
    .option("--json", "print one JSON document instead of a table")
    .addHelpText(
      "after",
      `
Examples:
  $ octet inspect model.safetensors
  $ octet inspect model.safetensors.index.json
  $ octet inspect ./my-model --json`,
    )
    .action(async (file: string, { json }: { json?: true }) => {
      const document = await inspect(file);
      if (json) printJson(session, document);
      else session.stdout.write(renderInspection(document, session));
    });
}

async function inspect(path: string): Promise<InspectJson> {
  await using weights = await openWeightsPath(path);
  const tensors = [...weights.files].flatMap(([file, reader]) =>
    Array.from(reader.tensors.values(), ({ name, dtype, shape, byteLength }) => {
      return { name, dtype, shape, bytes: byteLength, file };
    }),
  );
  return {
    path,
    tensors,
    metadata: Object.fromEntries(weights.metadata),
    totals: {
      tensors: tensors.length,
      elements: tensors.reduce((sum, { shape }) => sum + sizeOf(shape), 0),
      bytes: tensors.reduce((sum, { bytes }) => sum + bytes, 0),
      files: weights.files.size,
    },
  };
}

function renderInspection({ tensors, metadata, totals }: InspectJson, { stdout, env }: Session): string {
  const sharded = totals.files > 1;
  const rows = tensors.map(({ name, dtype, shape, bytes, file }) => {
    return [name, dtype, formatShape(shape), prettyBytes(bytes), ...(sharded ? [file] : [])];
  });
  const columns = [
    { header: "name", gives: "middle" },
    { header: "dtype" },
    { header: "shape", align: "right" },
    { header: "size", align: "right" },
    ...(sharded ? [{ header: "file" }] : []),
  ] as const;
  const tensorCount = countNoun(totals.tensors, "tensor");
  const elements = countNoun(totals.elements, "element");
  const sum = [
    tensorCount,
    "",
    elements,
    prettyBytes(totals.bytes),
    ...(sharded ? [countNoun(totals.files, "file")] : []),
  ];
  const table = renderTable({ columns, rows, totals: sum }, stdout, env);
  const texts = Object.entries(metadata).map(([key, value]) => `  ${printable(key)}: ${printable(value)}\n`);
  return texts.length === 0 ? table : `${table}\nmetadata\n${texts.join("")}`;
}
