import { expect, it } from "vitest";
import { matchesOutput } from "./expected-output.ts";

it.each([
  ["a\nb\n", "a\nb\n", true],
  ["a  \nb\n\n", "a\nb\n", true],
  ["a\nc\n", "a\nb\n", false],
  ["a\nb\nc\n", "a\nb\n", false],
  ["took 12 ms\n", "took … ms\n", true],
  ["took 12 s\n", "took … ms\n", false],
  ["a\n1\n2\nz\n", "a\n…\nz\n", true],
  ["a\nz\n", "a\n…\nz\n", true],
  ["a\nz!\n", "a\n…\nz\n", false],
  ["1.5 (x)\n", "1.5 (x)\n", true],
  ["125 (x)\n", "1.5 (x)\n", false],
])("prints %j where %j is shown: %s", (printed, expected, matches) => {
  expect(matchesOutput(printed, expected)).toBe(matches);
});
