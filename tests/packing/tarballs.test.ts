import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { originOf } from "../../scripts/repository.ts";
import { runProgram, strangersEnvironment, workspaceBin } from "../support/processes.ts";
import { type Package, publishedPackages, root } from "../support/workspace.ts";
import { packAll, pnpm, readTarball, type Tarball } from "./pack.ts";

/** A registry where nothing listens: dry runs ask no one, so they need no network. */
const nowhere = "http://127.0.0.1:9/";

const folder = mkdtempSync(join(tmpdir(), "octet-tarballs-"));
const tarballs = new Map<string, Tarball>();
beforeAll(async () => {
  for (const tarball of await packAll(folder)) tarballs.set(tarball.pkg.folder, tarball);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Every file that the packed manifest points at. */
function targetsOf(exports: unknown): string[] {
  if (typeof exports === "string") return [exports.replace("./", "")];
  return Object.values(exports as object).flatMap(targetsOf);
}

describe.each(publishedPackages())("the tarball of $manifest.name", (pkg: Package) => {
  let files: Map<string, string>;
  let packed: Record<string, unknown>;
  beforeAll(async () => {
    files = await readTarball(tarballs.get(pkg.folder)!);
    packed = JSON.parse(files.get("package.json")!);
  });

  it("holds the build, the documents and nothing else", () => {
    const known = /^(?:dist\/.+|package\.json|README\.md|LICENSE|CHANGELOG\.md)$/;
    expect([...files.keys()].filter((name) => !known.test(name))).toEqual([]);
    expect([...files.keys()].filter((name) => /\.test\.|(?:^|\/)(?:src|test|tests)\//.test(name))).toEqual([]);
    expect([...files.keys()]).toEqual(expect.arrayContaining(["README.md", "LICENSE"]));
    expect(files.get("LICENSE")).toContain("Apache License");
  });

  it("holds the licence of every library that is bundled into it", () => {
    const built = [...files].filter(([name]) => /^dist\/.+\.js$/.test(name));
    const libraries = new Set(
      built.flatMap(([, text]) =>
        [...text.matchAll(/^\/\/ .*node_modules\/\.pnpm\/([^/]+)@\d/gm)].map(([, name]) => name),
      ),
    );
    expect([...libraries]).toEqual(pkg.folder === "core" ? ["picomatch"] : []);
    if (libraries.size > 0) expect(files.get("dist/names.js.LICENSE.txt")).toContain("The MIT License");
  });

  it("exports files that are there, and no condition of the workspace", () => {
    expect(targetsOf(packed.exports).filter((name) => !files.has(name))).toEqual([]);
    expect(targetsOf(packed.bin ?? {}).filter((name) => !files.has(name))).toEqual([]);
    expect(files.get("package.json")).not.toContain("octet-source");
    expect(Object.keys(packed.exports as object)).toEqual(Object.keys(pkg.manifest.exports));
  });

  it("depends on published ranges, and pins what is not ours", () => {
    const ranges = Object.entries({ ...(packed.dependencies as object), ...(packed.optionalDependencies as object) });
    for (const [name, range] of ranges) {
      expect(range, name).toMatch(name.startsWith("@octet/") ? /^\^?\d+\.\d+\.\d+$/ : /^\d+\.\d+\.\d+$/);
    }
  });

  it("runs nothing when it is installed", () => {
    const hooks = Object.keys(pkg.manifest.scripts ?? {}).filter((name) =>
      /^(?:pre|post)?(?:install|prepare)$/.test(name),
    );
    expect(hooks).toEqual([]);
  });

  it("has types that every resolution of ES modules finds", async () => {
    const args = [tarballs.get(pkg.folder)!.path, "--profile", "esm-only", "--no-emoji", "--no-color"];
    const { status, stdout, stderr } = await runProgram(workspaceBin("attw"), args, { cwd: root });
    expect(status, stdout + stderr).toBe(0);
  });

  it("carries the repository and the folder that provenance is checked against", () => {
    expect(packed).toMatchObject(originOf(`packages/${pkg.folder}`));
    expect(packed.publishConfig).toMatchObject({ access: "public", provenance: true });
  });

  it("can be published by pnpm, as the release does it", async () => {
    const { path } = tarballs.get(pkg.folder)!;
    const args = [`--config.registry=${nowhere}`, "publish", path, "--dry-run", "--no-git-checks"];
    const { status, stdout, stderr } = await runProgram(...pnpm(args), { cwd: root });
    expect(status, stdout + stderr).toBe(0);
    expect(stdout + stderr).toContain(`${pkg.manifest.name}@${pkg.manifest.version}`);
  });

  // pnpm's dry run takes any manifest; npm reads it as its registry does.
  it("can be published by npm, which finds nothing to correct", async () => {
    const args = ["publish", tarballs.get(pkg.folder)!.path, "--dry-run", "--offline", "--registry", nowhere];
    const { status, stdout, stderr } = await runProgram("npm", args, { cwd: folder, env: strangersEnvironment() });
    expect(status, stdout + stderr).toBe(0);
    const warnings = stderr.match(/^npm warn (?:publish|package-json) .*$/gim) ?? [];
    expect(warnings.filter((line) => !line.includes("requires you to be logged in"))).toEqual([]);
  });
});
