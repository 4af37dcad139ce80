import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { readRecords } from "../scripts/read-records.ts";
import { writeRecords } from "../scripts/write-records.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "octet-records-"));
});
afterEach(() => rm(folder, { recursive: true }));

const base = "export const enum Kind {\n  a,\n  b,\n}\nclass Base {\n  finding: Address;\n}\n";

/** Declarations of one kernel, `run`, with these fields in its record. */
async function read(fields: string, { exported = "run", limit = 3 } = {}): ReturnType<typeof readRecords> {
  const kernel = `class Run extends Base {\n${fields}\n}\nexport function run(record: Run, begin: usize): void {}\n`;
  await writeFile(join(folder, "run.ts"), base + kernel);
  await writeFile(join(folder, "index.ts"), `export { ${exported} } from "./run";\n`);
  return readRecords(folder, limit);
}

it("writes the words of a record in the order of its class, those of its base first", async () => {
  const text = writeRecords(await read("  /** Rows. */\n  rows: Count;\n  kind: Kind;"));
  expect(text).toContain("words: [record.finding, record.rows, Kind[record.kind]]");
  expect(text).toContain("finding: record.finding,");
  expect(text).toContain("  /** Rows. */\n  readonly rows: number;\n  readonly kind: keyof typeof Kind;");
});

it.each([
  ["a field of another size", "  scale: f64;", {}, "Run.scale is of type f64; use Address, Count, i32, u32, Kind"],
  ["a record that is too long", "  a: i32;\n  b: i32;", { limit: 2 }, "Run has 3 words; a record has up to 2"],
  ["a kernel that is not there", "", { exported: "other" }, "there are no kernels other"],
])("refuses %s", async (_name, fields, options, message) => {
  await expect(read(fields, options)).rejects.toThrow(message);
});
