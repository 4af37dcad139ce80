import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runProgram, workspaceBin } from "../support/processes.ts";
import { publishedPackages, root } from "../support/workspace.ts";

interface Cruise {
  readonly modules: readonly {
    readonly source: string;
    readonly dependencies: readonly { readonly resolved: string }[];
  }[];
  readonly summary: {
    readonly violations: readonly { readonly from: string; readonly rule: { readonly name: string } }[];
  };
}

async function cruise(cwd: string): Promise<Cruise> {
  const args = [
    "--config",
    ".dependency-cruiser.js",
    "--output-type",
    "json",
    "{packages,apps,examples}/*/!(dist|node_modules|*.*)",
  ];
  const { stdout, stderr } = await runProgram(workspaceBin("depcruise"), args, { cwd });
  if (stdout === "") throw new Error(stderr);
  return JSON.parse(stdout);
}

// A cruiser that was set up wrongly sees no module, or follows no name, and finds nothing to complain of.
describe("the check of the layers", () => {
  let found: Cruise;
  beforeAll(async () => {
    found = await cruise(root);
  });

  it("passes", () => {
    expect(found.summary.violations.map(({ rule, from }) => `${rule.name}: ${from}`)).toEqual([]);
  });

  it("sees the modules of every package", () => {
    const sources = found.modules.map(({ source }) => source);
    expect(sources.length).toBeGreaterThan(150);
    for (const { folder } of publishedPackages()) expect(sources).toContain(`packages/${folder}/src/index.ts`);
  });

  it.each(publishedPackages())("follows each dependency of $manifest.name by its name to its sources", (pkg) => {
    const own = found.modules.filter(({ source }) => source.startsWith(`packages/${pkg.folder}/src/`));
    const reached = new Set(own.flatMap(({ dependencies }) => dependencies.map(({ resolved }) => resolved)));
    for (const name of Object.keys(pkg.manifest.dependencies ?? {}).filter((name) => name.startsWith("@octet/"))) {
      const entry = new RegExp(`^packages/${name.replace("@octet/", "")}/src/(?:index|backend|names|node)\\.ts$`);
      expect(
        [...reached].some((path) => entry.test(path)),
        `${name} is declared and imported`,
      ).toBe(true);
    }
  });
});

/** What each rule is for: a file that must not be there, and who must be told off for it. */
const planted: readonly { rule: string; path: string; code: string }[] = [
  { rule: "layer-core", path: "packages/core/src/planted-layer.ts", code: 'import "../../metrics/src/index.ts";' },
  {
    rule: "layer-nn",
    path: "packages/nn/src/planted-layer.ts",
    code: 'import type {} from "../../metrics/src/index.ts";',
  },
  {
    rule: "layer-safetensors",
    path: "packages/safetensors/src/planted-layer.ts",
    code: 'export * from "@octet/core";',
  },
  {
    rule: "layer-metrics",
    path: "packages/metrics/src/planted-layer.ts",
    code: 'await import("../../nn/src/index.ts");',
  },
  { rule: "layer-named", path: "packages/surprise/src/index.ts", code: 'import "@octet/core";' },
  { rule: "by-name-only", path: "packages/nn/src/planted-path.ts", code: 'import "../../core/src/index.ts";' },
  { rule: "sources-not-dist", path: "packages/nn/src/planted-dist.ts", code: 'import "../../core/dist/planted.js";' },
  { rule: "no-cycles", path: "packages/core/src/planted-a.ts", code: 'import "./planted-b.ts";' },
  { rule: "no-unresolvable", path: "packages/core/src/planted-lost.ts", code: 'import "./nowhere.ts";' },
  { rule: "portable-entry", path: "packages/checkpoint/src/planted-node.ts", code: 'import "node:fs";' },
  { rule: "portable-entry", path: "packages/core/src/planted-builtin.ts", code: 'import "fs/promises";' },
  {
    rule: "portable-entry-imports-node-part",
    path: "packages/safetensors/src/planted-part.ts",
    code: 'import "./node.ts";',
  },
  { rule: "self-contained", path: "packages/nn/src/planted-third-party.ts", code: 'import "typescript";' },
  { rule: "no-dev-dependency-in-sources", path: "packages/cuda/src/planted-dev.ts", code: 'import "typescript";' },
  {
    rule: "no-dev-dependency-in-sources",
    path: "packages/cli/src/planted-undeclared.ts",
    code: 'import type {} from "typescript";',
  },
  { rule: "self-contained", path: "packages/core/src/planted-globs.ts", code: 'import "picomatch";' },
  { rule: "bundled-only", path: "packages/core/src/names/name-matcher.ts", code: 'import "typescript";' },
  { rule: "names-apart", path: "packages/core/src/planted-names.ts", code: 'export * from "./names.ts";' },
  { rule: "backend-face", path: "packages/nn/src/planted-face.ts", code: 'import type {} from "@octet/core/backend";' },
  { rule: "no-test-in-sources", path: "packages/core/src/planted-import.ts", code: 'import "./planted.test.ts";' },
  { rule: "no-dead-module", path: "packages/core/src/planted-dead.ts", code: "export const dead = 1;" },
];

/** What the planted files need to be found. */
const helpers: Readonly<Record<string, string>> = {
  "packages/core/dist/planted.js": "export {};",
  "packages/core/src/planted.test.ts": "export {};",
  "packages/core/src/planted-b.ts": 'import type {} from "./planted-a.ts";',
  "packages/surprise/package.json": '{ "name": "@octet/surprise", "dependencies": { "@octet/core": "*" } }',
  "packages/cuda/package.json": '{ "name": "@octet/cuda", "devDependencies": { "typescript": "*" } }',
};

describe("a copy of the workspace with one violation of each kind", () => {
  const copy = mkdtempSync(join(tmpdir(), "octet-layers-"));
  let violations: string[];
  beforeAll(async () => {
    const wanted = (path: string): boolean => !["dist", ".turbo", "coverage"].includes(basename(path));
    const copied = { recursive: true, verbatimSymlinks: true, filter: wanted };
    cpSync(join(root, "packages"), join(copy, "packages"), copied);
    for (const name of [".dependency-cruiser.js", "package.json"]) cpSync(join(root, name), join(copy, name));
    symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
    for (const { path, code } of planted) plant(join(copy, path), code);
    for (const [path, code] of Object.entries(helpers)) plant(join(copy, path), code);
    link(join(copy, "packages/core"), join(copy, "packages/surprise/node_modules/@octet/core"));
    link(join(copy, "packages/core"), join(copy, "packages/safetensors/node_modules/@octet/core"));
    violations = (await cruise(copy)).summary.violations.map(({ rule, from }) => `${rule.name}: ${from}`);
  });
  afterAll(() => rmSync(copy, { recursive: true }));

  it.each(planted)("fails $rule for $path", ({ rule, path }) => {
    expect(violations).toContain(`${rule}: ${path}`);
  });
});

function link(target: string, path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(target, path);
}

function plant(path: string, code: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${code}\n`);
}
