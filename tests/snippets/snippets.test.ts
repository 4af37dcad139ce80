import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { documents } from "../support/markdown.ts";
import { root } from "../support/workspace.ts";
import { expectSnippet } from "./expect-snippet.ts";
import type { Outcome } from "./run-document.ts";
import { folderNameOf, runSnippets, saveModules } from "./run-snippets.ts";
import { type Snippet, snippetsOf } from "./snippet.ts";
import { typeErrors } from "./typecheck.ts";

/** Inside the workspace, so that `@octet/*` is found by name. */
const workFolder = join(root, "tests/.snippets");
const bin = join(workFolder, "bin");
const folderOf = (document: string): string => join(workFolder, folderNameOf(document));

const snippets = new Map<string, Snippet[]>(documents().map((file) => [file, snippetsOf(file)]));

describe("snippets of the documents", () => {
  let errors: Map<string, string[]>;
  let files: string[];
  beforeAll(() => {
    files = [...snippets].flatMap(([file, found]) => saveModules(folderOf(file), found));
    errors = typeErrors(files);
    // The built command, as installing the package would put it on the PATH.
    mkdirSync(bin, { recursive: true });
    const script = `#!/bin/sh\nexec node "${join(root, "packages/cli/dist/bin.js")}" "$@"\n`;
    writeFileSync(join(bin, "octet"), script, { mode: 0o755 });
  });

  it("exist", () => {
    const kinds = [...snippets.values()].flat().map(({ kind }) => kind);
    expect(kinds).toContain("module");
    expect(kinds).toContain("commands");
  });

  it("have types that hold beyond the snippets themselves", () => {
    expect([...errors].filter(([file]) => !files.includes(file))).toEqual([]);
  });

  describe.each([...snippets].filter(([, found]) => found.length > 0))("%s", (file, found) => {
    let outcomes: Map<Snippet, Outcome>;
    beforeAll(async () => {
      outcomes = await runSnippets(found, { folder: folderOf(file), bins: [bin] });
    });

    for (const snippet of found) {
      const { kind, fileName, block } = snippet;
      if (fileName !== undefined) {
        it(`line ${block.line}: the types of the ${kind} hold`, () => {
          expect(errors.get(join(folderOf(file), fileName)) ?? []).toEqual([]);
        });
      }
      if (kind === "module" || kind === "commands") {
        it(`line ${block.line}: the ${kind} ran`, () => expectSnippet(snippet, outcomes.get(snippet)));
      }
    }
  });
});
