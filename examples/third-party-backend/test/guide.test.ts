import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

const guide = readFileSync(new URL("../../../docs/writing-a-backend.md", import.meta.url), "utf8");
const blocks = [...guide.matchAll(/^```\w+ file=(\S+)\n(.*?)^```$/gms)].map(([, name, code]) => ({ name, code }));

describe("docs/writing-a-backend.md", () => {
  test("shows every part of this example", () => {
    expect(blocks.map(({ name }) => name)).toEqual([
      "kernels.ts",
      "backend.ts",
      "conformance.test.ts",
      "conformance.node.ts",
      "index.html",
      "page.ts",
    ]);
  });

  test.each(blocks)("$name is the file of this example, to the letter", ({ name, code }) => {
    expect(code).toBe(readFileSync(new URL(`../src/${name}`, import.meta.url), "utf8"));
  });
});
