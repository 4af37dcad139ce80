import type { Grid } from "./grid.ts";

/** A table for a terminal, with a newline after each line. */
export function printGrid({ title, columns, rows, notes = [] }: Grid): string {
  const widths = columns.map(({ header }, index) => Math.max(header.length, ...rows.map((row) => row[index].length)));
  const rule = columns.map(({ header }) => "─".repeat(header.length));
  const lines = [columns.map(({ header }) => header), rule, ...rows].map((row) =>
    row.map((text, index) => pad(text, widths[index], columns[index].align)).join("  "),
  );
  return [`${title}\n`, ...[...lines, ...notes].map((line) => ` ${line}`), ""].join("\n");
}

function pad(text: string, width: number, align: "left" | "right"): string {
  return align === "right" ? text.padStart(width) : text.padEnd(width);
}
