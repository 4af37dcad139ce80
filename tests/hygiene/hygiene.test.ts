import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import readChangesets from "@changesets/read";
import { describe, expect, it } from "vitest";
import { runProgram } from "../support/processes.ts";
import { publishedPackages, root } from "../support/workspace.ts";

const read = (path: string): string => readFileSync(join(root, path), "utf8");

/** Every line of the repository's text that matches, as `git grep` prints it. */
async function gitGrep(pattern: string, ...pathspecs: string[]): Promise<string[]> {
  const args = ["grep", "-nIE", "--untracked", pattern, "--", ".", ...pathspecs];
  const { status, stdout, stderr } = await runProgram("git", args);
  // 1 is git's way to say that there is no such line; anything above is that it could not look.
  if (status !== 0 && status !== 1) throw new Error(stderr);
  return stdout.split("\n").filter((line) => line !== "");
}

// Patterns are put together here, so that this file does not match them itself.
const either = (...words: string[][]): string => words.map((parts) => parts.join("")).join("|");

describe("the text of the repository", () => {
  it("promises nothing for later", async () => {
    expect(await gitGrep(either(["TO", "DO"], ["FIX", "ME"], ["not ", "implemented"]))).toEqual([]);
  });

  it("names no machine's folders", async () => {
    const folders = either(["/ro", "ot/"], ["/ho", "me/"], ["/Us", "ers/"], ["/wo", "rk/"], ["\\.\\./sha", "red/"]);
    expect(await gitGrep(`(^|[^[:alnum:]_.$}/-])(${folders})`, ":!pnpm-lock.yaml")).toEqual([]);
  });

  it("names no registry", async () => {
    expect(await gitGrep(either(["registry", "\\.[a-z]"], ["yarnpkg", "\\."], ["npmmirror", "\\."]))).toEqual([]);
  });
});

describe("the lockfiles", () => {
  it.each(["pnpm-lock.yaml", "tools/mutation/pnpm-lock.yaml"])(
    "%s knows packages by integrity, not by address",
    (path) => {
      const lines = read(path).split("\n");
      expect(lines.length).toBeGreaterThan(500);
      expect(lines.filter((line) => /tarball:|https?:/.test(line))).toEqual([]);
    },
  );
});

describe("the manifests", () => {
  const manifests = [
    "package.json",
    ...globSync("{packages,apps,examples}/*/package.json", { cwd: root }),
    "tests/package.json",
    "tests/browser-testing/package.json",
    "tools/mutation/package.json",
  ];

  it.each(manifests)("%s pins what is not ours", (path) => {
    const { dependencies, devDependencies, optionalDependencies } = JSON.parse(read(path));
    const ranges: [string, string][] = Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies });
    const loose = ranges.filter(
      ([, range]) => !/^(?:workspace:[\^*]?|link:\S+|(?:npm:[\w./@-]+@)?\d+\.\d+\.\d+\S*)$/.test(range),
    );
    expect(loose).toEqual([]);
  });

  it("agree on the version of each dependency", () => {
    const versions = new Map<string, Set<string>>();
    for (const path of manifests) {
      const { dependencies, devDependencies } = JSON.parse(read(path));
      for (const [name, range] of Object.entries<string>({ ...dependencies, ...devDependencies })) {
        if (!/^(?:workspace|link):/.test(range)) versions.set(name, (versions.get(name) ?? new Set()).add(range));
      }
    }
    expect([...versions].filter(([, ranges]) => ranges.size > 1)).toEqual([]);
  });

  it("start everything on one Node", () => {
    const manifest = JSON.parse(read("package.json"));
    expect(manifest.devDependencies.node).toBe(process.versions.node);
    expect(read("pnpm-workspace.yaml")).toContain(`nodeVersion: ${manifest.devDependencies.node}`);
  });
});

describe("the changesets", () => {
  it("name packages that are published", async () => {
    const names = publishedPackages().map(({ manifest }) => manifest.name);
    for (const { id, releases, summary } of await readChangesets(root)) {
      expect(summary, id).not.toBe("");
      for (const { name } of releases) expect(names, `${id}.md`).toContain(name);
    }
  });

  it("tell the users of a new package what it is", async () => {
    const announced = (await readChangesets(root)).flatMap(({ releases }) => releases.map(({ name }) => name));
    for (const { manifest, path } of publishedPackages()) {
      if (existsSync(join(path, "CHANGELOG.md"))) continue;
      expect(announced, `${manifest.name} has neither a changelog nor a changeset`).toContain(manifest.name);
    }
  });
});
