import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { sourceFiles } from "../support/source-files.ts";
import { root } from "../support/workspace.ts";

const decision = "docs/decisions/0004-small-files-and-folders.md";
const mostLines = 400;
const mostFiles = 25;

/** What the decision allows beyond the limits, by path. */
function exceptions(): Map<string, number> {
  const rows = readFileSync(join(root, decision), "utf8").matchAll(/^\| `([^`]+)` *\| (\d+) *\| \S.*\|$/gm);
  return new Map(Array.from(rows, ([, path, most]) => [path, Number(most)]));
}

const countLines = (path: string): number => readFileSync(join(root, path), "utf8").split("\n").length - 1;

it(`no source file has over ${mostLines} lines and no folder over ${mostFiles} source files, but those of ${decision}`, async () => {
  const files = await sourceFiles();
  expect(files.length).toBeGreaterThan(300);
  const folders = Map.groupBy(files, dirname);
  const sizes = [
    ...files.map((path) => ({ path, size: countLines(path), limit: mostLines, unit: "lines" })),
    ...Array.from(folders, ([path, { length }]) => ({ path, size: length, limit: mostFiles, unit: "source files" })),
  ];
  const allowed = exceptions();
  const problems = sizes.flatMap(({ path, size, limit, unit }) => {
    const most = allowed.get(path) ?? limit;
    if (size > most) return [`${path} has ${size} ${unit}, at most ${most}`];
    return allowed.has(path) && size <= limit ? [`${path} needs no exception any more`] : [];
  });
  const paths = new Set(sizes.map(({ path }) => path));
  const stale = [...allowed.keys()].filter((path) => !paths.has(path)).map((path) => `${path} is not there`);
  expect([...problems, ...stale]).toEqual([]);
});
