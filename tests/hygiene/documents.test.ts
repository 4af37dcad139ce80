import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { documents, headings, links } from "../support/markdown.ts";
import { publishedPackages, root } from "../support/workspace.ts";

/** The part after # under which a heading can be linked to. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}_ -]/gu, "")
    .replaceAll(" ", "-");

describe("the documents", () => {
  it.each(documents())("%s links to what is there", (file) => {
    const own = links(file).filter((url) => !/^[a-z]+:/.test(url));
    const broken = own.filter((url) => {
      const [path = "", anchor] = url.split("#");
      const target = path === "" ? file : join(dirname(file), path);
      if (!existsSync(join(root, target))) return true;
      return anchor !== undefined && !headings(target).map(anchorOf).includes(anchor);
    });
    expect(broken).toEqual([]);
  });

  it("have a heading for every error code", () => {
    const source = readFileSync(join(root, "packages/core/src/errors.ts"), "utf8");
    const codes = [...new Set(source.match(/\bERR_[A-Z_]+\b/g))];
    expect(codes.length).toBeGreaterThan(5);
    expect(headings("docs/errors.md").filter((heading) => heading.startsWith("ERR_"))).toEqual(codes);
  });

  it.each(publishedPackages())("begin at the README of $manifest.name", ({ folder, manifest }) => {
    expect(links("README.md")).toContain(`packages/${folder}/README.md`);
    expect(headings(`packages/${folder}/README.md`)[0]).toBe(manifest.name);
  });
});
