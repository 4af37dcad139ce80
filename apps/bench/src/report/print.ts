import { Table } from "console-table-printer";
import type { Grid } from "./grid.ts";

/** A table for a terminal, with a newline after each line. */
export function printGrid({ title, columns, rows, notes = [] }: Grid): string {
  const table = new Table({
    columns: columns.map(({ header, align }, index) => ({ name: String(index), title: header, alignment: align })),
    shouldDisableColors: true,
    style: borderless,
  });
  table.addRows([columns.map(({ header }) => "─".repeat(header.length)), ...rows].map((row) => ({ ...row })));
  const lines = table
    .render()
    .split("\n")
    .filter((line) => line.trim() !== "");
  return [`${title}\n`, ...lines, ...notes.map((note) => ` ${note}`), ""].join("\n");
}

const noLine = { left: "", mid: "", right: "", other: "" };
const borderless = { headerTop: noLine, headerBottom: noLine, tableBottom: noLine, rowSeparator: noLine, vertical: "" };
