import { stripVTControlCharacters } from "node:util";
import { expect, it } from "vitest";
import { createCapture } from "../../test/support/streams.ts";
import { renderTable, type Table } from "./table.ts";

const table: Table = {
  columns: [
    { header: "layer", gives: "middle" },
    { header: "shape", align: "right" },
  ],
  rows: [
    ["a", "7×33"],
    ["model.layers.0.self_attn.q_proj", "4096×11008"],
  ],
  totals: ["2 layers", ""],
};

it("aligns, and sets the totals apart", () => {
  expect(renderTable(table, createCapture(), {})).toBe(
    [
      "layer                                 shape",
      "───────────────────────────────  ──────────",
      "a                                      7×33",
      "model.layers.0.self_attn.q_proj  4096×11008",
      "───────────────────────────────  ──────────",
      "2 layers",
      "",
    ].join("\n"),
  );
});

const longName = `model.${"block.".repeat(30)}weight`;

it.each([80, 81, 100, 120])("fits long names into %i columns", (columns) => {
  const lines = renderTable({ ...table, rows: [[longName, "7×33"]] }, createCapture({ columns }), {
    NO_COLOR: "1",
  }).split("\n");
  expect(Math.max(...lines.map((line) => line.length))).toBe(columns);
  expect(lines[2]).toMatch(/^model\.block.*….*block\.weight +7×33$/);
});

it("takes 120 columns where the output is no terminal", () => {
  const lines = renderTable({ ...table, rows: [[longName, "7×33"]] }, createCapture(), {}).split("\n");
  expect(Math.max(...lines.map((line) => line.length))).toBe(120);
});

const reason =
  "the native part was not found: install it, or build it with nvcc as /usr/share/doc/octet/README.build says";
const reasons: Table = {
  columns: [{ header: "backend" }, { header: "why not", gives: "wraps" }],
  rows: [
    ["cuda", reason],
    ["wasm", "it runs"],
  ], // the row after must stay whole
};

it.each([30, 40, 80, 100])("wraps a reason into %i columns and keeps all of it", (columns) => {
  const lines = renderTable(reasons, createCapture({ columns }), { NO_COLOR: "1" }).trimEnd().split("\n");
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns);
  expect(lines.at(-1)).toBe("wasm     it runs");
  const [first, ...others] = lines.slice(2, -1);
  expect(first).toMatch(/^cuda {5}the native/);
  const words = [first.slice(9), ...others.map((line) => line.replace(/^ {9}/, ""))].join("");
  expect(words.replaceAll(" ", "")).toBe(reason.replaceAll(" ", ""));
});

it("keeps a reason on one line where the output is not a terminal", () => {
  expect(renderTable(reasons, createCapture(), {})).toContain(`\ncuda     ${reason}\n`);
});

it("shows control characters of a name instead of obeying them", () => {
  expect(renderTable({ ...table, rows: [["\u001b[31mred\nline", ""]] }, createCapture(), {})).toContain(
    "\\u001b[31mred line",
  );
});

it("aligns letters that take two columns", () => {
  const rows = [
    ["層.重み", "7×33"],
    ["a", "1"],
  ];
  const { columns } = table;
  expect(renderTable({ columns, rows }, createCapture(), {}).split("\n").slice(1, 4)).toEqual([
    "───────  ─────",
    "層.重み   7×33",
    "a            1",
  ]);
});

it("colours headers without moving columns", () => {
  const plain = renderTable(table, createCapture(), {});
  const colored = renderTable(table, createCapture(), { FORCE_COLOR: "1" });
  expect(colored).toContain("\u001b[1m");
  expect(stripVTControlCharacters(colored).replace(/ +$/gm, "")).toBe(plain);
});
