import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type ParsedTarFileItem, parseTarGzip } from "nanotar";
import { runSuccessfully } from "../support/processes.ts";
import { type Package, publishedPackages, root } from "../support/workspace.ts";

export interface Tarball {
  readonly pkg: Package;
  /** Absolute path of the .tgz. */
  readonly path: string;
}

/** Packs every published package into `folder` as `pnpm publish` would: with publishConfig and workspace ranges applied. */
export async function packAll(folder: string): Promise<Tarball[]> {
  const args = ["--recursive", "--filter", "./packages/*", "pack", "--pack-destination", folder];
  await runSuccessfully(...pnpm(args));
  return publishedPackages().map((pkg) => {
    const { name, version } = pkg.manifest;
    return { pkg, path: join(folder, `${name.replace("@", "").replace("/", "-")}-${version}.tgz`) };
  });
}

/** The files of a tarball by their path inside the package, with their text. */
export async function readTarball({ path }: Tarball): Promise<Map<string, string>> {
  const items: ParsedTarFileItem[] = await parseTarGzip(new Uint8Array(readFileSync(path)));
  return new Map(
    items.filter(({ type }) => type === "file").map((item) => [item.name.replace(/^package\//, ""), item.text]),
  );
}

/** The pnpm that runs this script, or else the pinned one through npx. */
export function pnpm(args: string[]): [program: string, args: string[]] {
  if (process.env.npm_config_user_agent?.startsWith("pnpm/")) return ["pnpm", args];
  const { packageManager } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  return ["npx", ["-y", packageManager, ...args]];
}
