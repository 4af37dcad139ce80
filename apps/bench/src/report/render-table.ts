import type { Grid } from "./grid.ts";

/** A table in Markdown with its title and its notes, as paragraphs. */
export function renderSection(grid: Grid): string[] {
  return [`### ${grid.title}`, renderTable(grid), ...(grid.notes ?? [])];
}

/** A table in Markdown. */
export function renderTable({ columns, rows }: Grid): string {
  const lines = [
    columns.map(({ header }) => header),
    columns.map(({ align }) => (align === "right" ? "--:" : "---")),
    ...rows,
  ];
  return lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
