import stringWidth from "string-width";
import wrapAnsi from "wrap-ansi";
import type { OutputStream, Streams } from "../session.ts";
import { colorsFor, printable, truncateMiddle } from "./text.ts";

export interface Column {
  readonly header: string;
  readonly align?: "left" | "right";
  /**
   * The one column that gives way when a line is too long: its texts lose their middle, or go on in the next line. Wrapping
   * keeps the whole text; without a terminal it stays on one line.
   */
  readonly gives?: "middle" | "wraps";
}

export interface Table {
  readonly columns: readonly Column[];
  /** One text per column. */
  readonly rows: readonly (readonly string[])[];
  /** A last row, set apart. */
  readonly totals?: readonly string[];
}

/** Columns between two texts. */
const gap = 2;
/** A pipe or a log has no width, so lines get this one. */
const defaultWidth = 120;
/** A narrower terminal wraps lines by itself. */
const smallestWidth = 80;
/** The least width of the column that gives way, however long the others are. */
const smallestColumn = 12;

/** The lines of a table, with a newline after each, in the width and colours of the stream that will show it. */
export function renderTable(table: Table, stream: OutputStream, env: Streams["env"]): string {
  const { columns } = table;
  const rows = [...table.rows, ...(table.totals ? [table.totals] : [])].map((row) => row.map(printable));
  const widths = fitWidths(columns, rows, availableWidth(columns, stream));
  const fitted = rows.map((row) => fitRow(row, columns, widths));
  const totals = table.totals ? fitted.pop() : undefined;
  const { bold, dim } = colorsFor(stream, env);
  const draw = (row: readonly string[], paint = plain): string => drawRow(row, columns, widths, paint);
  const lineOf = (width: number): string => "─".repeat(width);
  const rule = draw(widths.map(lineOf), dim);
  const headers = columns.map(({ header }) => header);
  const lines = [draw(headers, bold), rule, ...fitted.flat().map((row) => draw(row))];
  if (totals) lines.push(rule, ...totals.map((row) => draw(row, bold)));
  return lines.map((line) => `${line}\n`).join("");
}

const plain = (text: string): string => text;

/** One line. Colours go round the text of a cell, so that they never count for its width. */
function drawRow(
  row: readonly string[],
  columns: readonly Column[],
  widths: readonly number[],
  paint: (text: string) => string,
): string {
  const cells = row.map((text, index) => {
    const padding = " ".repeat(Math.max(widths[index] - stringWidth(text), 0));
    return columns[index].align === "right" ? padding + paint(text) : paint(text) + padding;
  });
  return cells.join(" ".repeat(gap)).trimEnd();
}

function availableWidth(columns: readonly Column[], stream: OutputStream): number {
  if (columns.some(({ gives }) => gives === "wraps")) return stream.columns ?? Number.POSITIVE_INFINITY;
  return Math.max(stream.columns ?? defaultWidth, smallestWidth);
}

/** The lines of one row: several where a text wraps. */
function fitRow(row: readonly string[], columns: readonly Column[], widths: readonly number[]): string[][] {
  const cells = row.map((text, index) => {
    const width = widths[index];
    if (columns[index].gives !== "wraps") return [truncateMiddle(text, width)];
    return stringWidth(text) <= width ? [text] : wrapAnsi(text, width, { hard: true }).split("\n");
  });
  const height = Math.max(...cells.map((lines) => lines.length));
  return Array.from({ length: height }, (_, line) => cells.map((lines) => lines[line] ?? ""));
}

function fitWidths(columns: readonly Column[], rows: readonly (readonly string[])[], available: number): number[] {
  const widths = columns.map(({ header }, index) =>
    rows.reduce((widest, row) => Math.max(widest, stringWidth(row[index])), stringWidth(header)),
  );
  const excess = widths.reduce((sum, width) => sum + width + gap, -gap) - available;
  const shrinking = columns.findIndex(({ gives }) => gives !== undefined);
  if (excess > 0 && shrinking >= 0) widths[shrinking] = Math.max(widths[shrinking] - excess, smallestColumn);
  return widths;
}
