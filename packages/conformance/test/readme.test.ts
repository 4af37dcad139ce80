import { readFileSync } from "node:fs";
import { conformanceCases, faults } from "@octet/conformance";
import { expect, test } from "vitest";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");

test("the README counts the cases of every family", () => {
  const rows = [...readme.matchAll(/^\| `([\w-]+)` +\| +(\d+) \|/gm)].map(([, family, count]) => [
    family,
    Number(count),
  ]);
  const cases = conformanceCases();
  const counts = Map.groupBy(cases, ({ family }) => family);
  expect(rows).toEqual([...counts].map(([family, members]) => [family, members.length]));
  expect(readme).toContain(`${cases.length} cases, seeded`);
  expect(readme).toContain(`${Object.keys(faults).length} mistakes`);
});
