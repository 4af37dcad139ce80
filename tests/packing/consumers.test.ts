import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { transformSync } from "esbuild";
import ts from "typescript";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectSnippet } from "../snippets/expect-snippet.ts";
import type { Outcome } from "../snippets/run-document.ts";
import { folderNameOf, runSnippets, saveModules } from "../snippets/run-snippets.ts";
import { type Snippet, snippetsOf } from "../snippets/snippet.ts";
import { typeErrors } from "../snippets/typecheck.ts";
import { documents } from "../support/markdown.ts";
import { entriesOf, publishedPackages } from "../support/workspace.ts";
import { installConsumer, installedPackages } from "./consumer.ts";
import { nodes } from "./nodes.ts";
import { packAll, type Tarball } from "./pack.ts";

/** The projects of people who install Octet. What is self-contained needs nothing from anyone else. */
const consumers = [
  { title: "core alone", wants: ["core"], selfContained: true },
  { title: "core, nn and metrics", wants: ["core", "metrics", "nn"], selfContained: true },
  { title: "the command", wants: ["cli"], selfContained: false },
  { title: "everything", wants: publishedPackages().map(({ folder }) => folder), selfContained: false },
].map((consumer) => ({ ...consumer, gets: closureOf(consumer.wants) }));

/** The folders of packages, and of everything of ours that they depend on. */
function closureOf(folders: readonly string[]): string[] {
  const found = new Set(folders);
  for (const folder of found) {
    const { manifest } = publishedPackages().find((pkg) => pkg.folder === folder)!;
    for (const name of Object.keys(manifest.dependencies ?? {})) {
      if (name.startsWith("@octet/")) found.add(name.replace("@octet/", ""));
    }
  }
  return [...found].sort();
}

const scoped = (names: readonly string[]): string[] => names.map((name) => `@octet/${name}`);

/** The documents that users of packages read, each in the first project that has all it needs. */
const readmes = documents()
  .filter((file) => file === "README.md" || /^packages\/[^/]+\/README\.md$/.test(file))
  .map((file) => {
    const snippets = snippetsOf(file);
    const needs = snippets.flatMap(needsOf);
    return { file, snippets, home: consumers.find(({ gets }) => needs.every((name) => scoped(gets).includes(name))) };
  })
  .filter(({ snippets }) => snippets.length > 0);

/** Names of our packages that a snippet needs. */
function needsOf({ kind, block }: Snippet): string[] {
  if (kind === "commands") return ["@octet/cli"];
  return [...block.code.matchAll(/"(@octet\/[a-z0-9-]+)[^"]*"/g)].map(([, name]) => name!);
}

const folder = mkdtempSync(join(tmpdir(), "octet-consumers-"));
let tarballs: Tarball[];
beforeAll(async () => {
  tarballs = await packAll(folder);
});
afterAll(() => rmSync(folder, { recursive: true }));

it("runs the examples of every README in some project", () => {
  expect(readmes.filter(({ home }) => home === undefined).map(({ file }) => file)).toEqual([]);
  expect(new Set(readmes.map(({ home }) => home)).size).toBeGreaterThan(2);
});

describe.each(consumers)("a project with $title", (consumer) => {
  const { title, wants, gets, selfContained } = consumer;
  const project = join(folder, title.replaceAll(/[ ,]+/g, "-"));
  const usable = readmes.filter(({ home }) => home === consumer);

  beforeAll(() => installConsumer({ folder: project, wants: scoped(wants), tarballs, offline: selfContained }));

  it("gets what it needs of ours", () => {
    const installed = installedPackages(project);
    expect(installed.filter((name) => name.startsWith("@octet/"))).toEqual(scoped(gets));
    if (selfContained) expect(installed).toEqual(scoped(gets));
  });

  it.each([
    ["nodenext", ts.ModuleKind.NodeNext, ts.ModuleResolutionKind.NodeNext],
    ["bundler", ts.ModuleKind.ESNext, ts.ModuleResolutionKind.Bundler],
  ])("has types without errors, those of the packages included (%s)", (_name, module, moduleResolution) => {
    const entries = publishedPackages()
      .filter(({ manifest }) => scoped(gets).includes(manifest.name))
      .flatMap(entriesOf)
      .map(({ specifier }, index) => `import * as entry${index} from "${specifier}";\nvoid entry${index};\n`);
    const types = selfContained ? [] : ["node"];
    writeFileSync(join(project, "entries.ts"), entries.join(""));
    const files = usable.flatMap(({ file, snippets }) =>
      saveModules(join(project, "types", folderNameOf(file)), snippets),
    );

    const errors = typeErrors([join(project, "entries.ts"), ...files], {
      module,
      moduleResolution,
      types,
      skipLibCheck: false,
    });

    expect(Object.fromEntries(errors)).toEqual({});
  });

  describe.each(usable.length === 0 ? [] : nodes)("on Node $major", ({ major, path, missing }) => {
    describe.each(usable)("$file", ({ file, snippets }) => {
      let outcomes: Map<Snippet, Outcome>;
      beforeAll(async () => {
        if (missing !== undefined) return;
        const target = join(project, `node-${major}`, folderNameOf(file));
        // Node 22 has no `using`: its users compile it away, and so does this.
        saveModules(target, snippets, major < 24 ? lowerSyntax : undefined);
        outcomes = await runSnippets(snippets, {
          folder: target,
          node: path,
          bins: [dirname(realpathSync(path)), join(project, "node_modules/.bin")],
        });
      });

      for (const snippet of snippets.filter(({ kind }) => kind === "module" || kind === "commands")) {
        it(`line ${snippet.block.line} ran`, ({ skip }) => {
          if (missing !== undefined) skip(missing);
          expectSnippet(snippet, outcomes.get(snippet));
        });
      }
    });
  });
});

/** TypeScript with the syntax of ES2022 alone. */
function lowerSyntax(code: string): string {
  return transformSync(code, { loader: "ts", target: "es2022" }).code;
}
