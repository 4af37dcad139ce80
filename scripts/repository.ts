/**
 * The address of the source has one place, `repository` in the root's package.json. This script writes what npm shows of it, and
 * what provenance is checked against, into every published package: `repository` with the package's folder, `homepage`, `bugs`.
 *
 * `--check` writes nothing and fails where a package differs from the root. A name after it, `--check OWNER/NAME`, is the repository on
 * GitHub that a release runs in; it fails as well where the root names another one, since npm refuses provenance from there.
 */
import { globSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");

/** The fields of a published manifest that say where the package comes from. */
export interface Origin {
  readonly homepage: string;
  readonly bugs: string;
  readonly repository: { readonly type: "git"; readonly url: string; readonly directory: string };
}

/** The address that people open, `https://github.com/OWNER/NAME`, from the one that git and npm take. */
export function browserAddress(url: string): string {
  return url.replace(/^git\+/, "").replace(/\.git$/, "");
}

/** What the package in `directory`, a path from the root such as `packages/core`, says of its origin. */
export function originOf(directory: string): Origin {
  const { url } = readManifest("package.json").repository;
  const address = browserAddress(url);
  return {
    homepage: `${address}/tree/main/${directory}#readme`,
    bugs: `${address}/issues`,
    repository: { type: "git", url, directory },
  };
}

/** Why a release from the GitHub repository `running`, such as `octo/cat`, would be refused; undefined when it would not. */
export function findReleaseProblem(running: string): string | undefined {
  const { url } = readManifest("package.json").repository;
  const wanted = `git+https://github.com/${running}.git`;
  if (url === wanted) return undefined;
  return (
    `package.json names the repository ${url}, and this workflow runs in ${wanted}: npm refuses provenance where they differ. ` +
    "Set repository.url in the root's package.json and run: node scripts/repository.ts"
  );
}

function readManifest(path: string) {
  return JSON.parse(readFileSync(join(root, path), "utf8"));
}

/** The manifest with its origin after `license`, where npm's own documents have it. */
function withOrigin(manifest: Record<string, unknown>, origin: Origin): Record<string, unknown> {
  const { homepage: _homepage, bugs: _bugs, repository: _repository, ...others } = manifest;
  const entries = Object.entries(others);
  const place = entries.findIndex(([name]) => name === "license") + 1;
  return Object.fromEntries([...entries.slice(0, place), ...Object.entries(origin), ...entries.slice(place)]);
}

if (import.meta.main) {
  const [mode, running] = process.argv.slice(2);
  const problems: string[] = [];
  for (const path of globSync("packages/*/package.json", { cwd: root }).sort()) {
    const text = readFileSync(join(root, path), "utf8");
    const wanted = `${JSON.stringify(withOrigin(JSON.parse(text), originOf(dirname(path))), null, 2)}\n`;
    if (text === wanted) continue;
    if (mode === "--check")
      problems.push(`${path} does not follow the root's package.json; run: node scripts/repository.ts`);
    else writeFileSync(join(root, path), wanted);
  }
  const problem = running === undefined ? undefined : findReleaseProblem(running);
  if (problem !== undefined) problems.push(problem);
  for (const line of problems) console.error(`octet: ${line}`);
  process.exitCode = problems.length > 0 ? 1 : 0;
}
