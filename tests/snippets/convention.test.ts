import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { root } from "../support/workspace.ts";
import type { Outcome } from "./run-document.ts";
import { runSnippets, saveModules } from "./run-snippets.ts";
import { type Snippet, snippetsOf } from "./snippet.ts";
import { typeErrors } from "./typecheck.ts";

const fence = "`".repeat(3);
const block = (info: string, ...lines: string[]): string => [fence.concat(info), ...lines, fence, ""].join("\n");
const document = [
  block("ts", 'import { one } from "./one.ts";', "console.log(one, [1, 2]);"),
  block("text", "1 [ 1, 2 ]"),
  block("ts file=one.ts", "export const one: number = 1;"),
  block("ts browser", "document.title;"),
  block("ts", 'console.log("before");', 'throw new Error("on purpose");'),
  block("ts", "const wrong: string = 5;", "console.log(wrong);"),
  block("sh", "# a comment", "octet one \\", "  two"),
  block("text", "one two"),
  block("sh", "octet fail"),
  block("sh", "npm install something"),
  block("sh", "octet one", "npm install something"),
  block("sh ignore", "octet one"),
  block("js", "nothing;"),
  ["- in a list", "", block("ts", 'console.log("indented");').replaceAll(/^(?=.)/gm, "  ")].join("\n"),
].join("\nWords.\n\n");

describe("the convention for snippets", () => {
  const folder = mkdtempSync(join(tmpdir(), "octet-convention-"));
  const work = join(folder, "work");
  const bin = join(folder, "bin");
  let found: Snippet[];
  let outcomes: Map<Snippet, Outcome>;
  beforeAll(async () => {
    writeFileSync(join(folder, "page.md"), document);
    found = snippetsOf(relative(root, join(folder, "page.md")));
    saveModules(work, found);
    saveModules(bin, []);
    writeFileSync(join(bin, "octet"), '#!/bin/sh\necho "$@"\ntest "$1" != fail\n', { mode: 0o755 });
    outcomes = await runSnippets(found, { folder: work, bins: [bin] });
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it("tells what is run, what is only checked, and what is neither", () => {
    const kinds = ["module", "file", "page", "module", "module", "commands", "commands", "module"];
    expect(found.map(({ kind }) => kind)).toEqual(kinds);
    expect(found.filter(({ expectedOutput }) => expectedOutput !== undefined).map(({ kind }) => kind)).toEqual([
      "module",
      "commands",
    ]);
  });

  it("runs them in order and says what each printed and why it failed", () => {
    const [first, thrown, wrong, commands, failed, indented] = [...outcomes.values()] as [
      Outcome,
      Outcome,
      Outcome,
      Outcome,
      Outcome,
      Outcome,
    ];
    expect(first).toEqual({ output: "1 [ 1, 2 ]\n" });
    expect(thrown.output).toBe("before\n");
    expect(thrown.failure).toContain("on purpose");
    expect(wrong).toEqual({ output: "5\n" });
    expect(commands).toEqual({ output: "one two\n" });
    expect(failed.failure).toContain("exit status 1");
    expect(indented).toEqual({ output: "indented\n" });
  });

  it("checks the types of all of them", () => {
    const files = found.flatMap(({ fileName }) => (fileName === undefined ? [] : [join(work, fileName)]));
    const errors = typeErrors(files);
    expect([...errors.values()]).toEqual([[expect.stringContaining("not assignable to type 'string'")]]);
  });
});
