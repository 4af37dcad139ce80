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

/** The projects of people who install Octet: what they ask for, and what they should get of ours. */
const consumers = [
  { title: "core alone", wants: ["core"], gets: ["core"], selfContained: true },
  {
    title: "core, nn and metrics",
    wants: ["core", "metrics", "nn"],
    gets: ["core", "metrics", "nn"],
    selfContained: true,
  },
  {
    title: "the command",
    wants: ["cli"],
    gets: ["checkpoint", "cli", "conformance", "core", "metrics", "nn", "safetensors"],
    selfContained: false,
  },
] as const;

const scoped = (names: readonly string[]): string[] => names.map((name) => `@octet/${name}`);
const readmes = documents().filter((file) => file === "README.md" || /^packages\/[^/]+\/README\.md$/.test(file));

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

describe.each(consumers)("a project with $title", ({ title, wants, gets, selfContained }) => {
  const project = join(folder, title.replaceAll(/[ ,]+/g, "-"));
  const usable = readmes
    .map((file) => ({
      file,
      snippets: snippetsOf(file).filter((snippet) => needsOf(snippet).every((name) => scoped(gets).includes(name))),
    }))
    .filter(({ snippets }) => snippets.length > 0);

  beforeAll(() => installConsumer({ folder: project, wants: scoped(wants), tarballs, offline: selfContained }));

  it("gets what it needs of ours", () => {
    const installed = installedPackages(project);
    expect(installed.filter((name) => name.startsWith("@octet/"))).toEqual(scoped(gets));
    if (selfContained) expect(installed).toEqual(scoped(gets));
  });

  it("has examples to run", () => {
    expect(usable.length).toBeGreaterThan(0);
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

  describe.each(nodes)("on Node $major", ({ major, path, missing }) => {
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
