import { formatGranularity, type LayerReport, type QuantizationReport } from "@octet/checkpoint";
import prettyBytes from "pretty-bytes";
import type { LayerJson, ReportJson } from "../json.ts";
import type { Session } from "../session.ts";
import { type Column, renderTable } from "./table.ts";
import { colorsFor, countNoun, formatDecibels, formatError, formatShape, printable } from "./text.ts";

const columns: readonly Column[] = [
  { header: "layer", gives: "middle" },
  { header: "dtype" },
  { header: "shape", align: "right" },
  { header: "SNR dB", align: "right" },
  { header: "max error", align: "right" },
  { header: "before", align: "right" },
  { header: "after", align: "right" },
];

/** Prints the table of layers with its totals, then what was kept and what became of the whole. */
export function printReport(report: QuantizationReport, { stdout, env }: Session): void {
  const { layers, totals, kept } = report;
  const rows = layers.map((layer) => [layer.name, layer.dtype, formatShape(layer.shape), ...figures(layer)]);
  const totalsRow = [countNoun(totals.layers, "layer"), "", "", ...figures(totals)];
  stdout.write(renderTable({ columns, rows, totals: totalsRow }, stdout, env));
  stdout.write("\n");
  const weakest = layers.reduce<LayerReport | undefined>((worst, layer) => {
    return worst === undefined || layer.snrDb < worst.snrDb ? layer : worst;
  }, undefined);
  if (weakest) stdout.write(`lowest SNR  ${formatDecibels(weakest.snrDb)} dB: ${printable(weakest.name)}\n`);
  stdout.write(`stored as   ${describeStorage(report)}\n`);
  for (const [reason, group] of Map.groupBy(kept, ({ reason }) => reason)) {
    const bytes = group.reduce((sum, tensor) => sum + tensor.bytes, 0);
    stdout.write(`kept        ${countNoun(group.length, "tensor")}, ${prettyBytes(bytes)}: ${printable(reason)}\n`);
  }
  const { checkpointBytesBefore: before, checkpointBytesAfter: after } = totals;
  stdout.write(`in all      ${prettyBytes(before)} → ${prettyBytes(after)}\n`);
}

/** Prints what deserves attention, one line each. */
export function printWarnings({ warnings }: QuantizationReport, { stderr, env }: Session): void {
  const colors = colorsFor(stderr, env);
  for (const warning of warnings) stderr.write(`octet: ${colors.yellow("warning")}: ${printable(warning)}\n`);
}

/** The report as `--json` prints it: without Infinity, which JSON lacks. */
export function reportToJson(report: QuantizationReport): ReportJson {
  const { format, granularity, bits, layers, kept, totals, warnings } = report;
  return {
    format,
    granularity: granularity && formatGranularity(granularity),
    bits,
    layers: layers.map(layerToJson),
    kept,
    totals: { ...totals, snrDb: finiteOrNull(totals.snrDb) },
    warnings,
  };
}

function layerToJson(layer: LayerReport): LayerJson {
  return { ...layer, granularity: formatGranularity(layer.granularity), snrDb: finiteOrNull(layer.snrDb) };
}

function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function figures(row: Pick<LayerReport, "snrDb" | "maxAbsError" | "bytesBefore" | "bytesAfter">): string[] {
  return [
    formatDecibels(row.snrDb),
    formatError(row.maxAbsError),
    prettyBytes(row.bytesBefore),
    prettyBytes(row.bytesAfter),
  ];
}

function describeStorage({ format, granularity, bits }: QuantizationReport): string {
  const width = bits === null ? "several widths" : `${bits} bits`;
  const scales = granularity === null ? "several granularities" : `a scale per ${formatGranularity(granularity)}`;
  return `${format}, ${width}, ${scales}`;
}
