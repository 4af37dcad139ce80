import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { sourceFiles } from "../support/source-files.ts";
import { root } from "../support/workspace.ts";

/** The files that CONTRIBUTING lists for an op, as patterns: a folder stands for what is in it, NAME for any name. */
function listedFiles(): readonly RegExp[] {
  const text = readFileSync(join(root, "CONTRIBUTING.md"), "utf8");
  const section = text.slice(text.indexOf("## Add an op"), text.indexOf("## Add a backend"));
  const paths = section.match(/`(?:packages|docs)\/[^`]+`/g) ?? [];
  return paths.map((path) => {
    const pattern = path.replaceAll("`", "").replaceAll(".", "\\.").replaceAll("NAME", "[^/]+(?:/[^/]+)?");
    return new RegExp(`^${pattern}`);
  });
}

// Moved from methods of every backend to the new shape, and made in it.
it.each(["activationOp", "quantizeRowsOp", "readRowsOp"])(
  "only files that CONTRIBUTING lists for an op name %s",
  async (op) => {
    const listed = listedFiles();
    expect(listed.length).toBeGreaterThan(8);
    const naming = (await sourceFiles())
      .filter((path) => /^packages\/[^/]+\/(?:src|self-test|test)\/.*\.ts$/.test(path) && !path.endsWith(".test.ts"))
      .filter((path) => new RegExp(`\\b${op}\\b`).test(readFileSync(join(root, path), "utf8")));
    expect(naming).toContain("packages/core/src/index.ts");
    expect(naming.filter((path) => !listed.some((pattern) => pattern.test(path)))).toEqual([]);
  },
);
