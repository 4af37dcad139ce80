import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runSuccessfully, strangersEnvironment } from "../support/processes.ts";
import type { Tarball } from "./pack.ts";

export interface ConsumerOptions {
  readonly folder: string;
  /** Names of the packages that the consumer asks for. */
  readonly wants: readonly string[];
  readonly tarballs: readonly Tarball[];
  /** Forbids npm the registry: everything must be in the tarballs. */
  readonly offline: boolean;
}

/** Makes an empty project and installs packages from their tarballs with npm, as someone outside of this workspace would. */
export async function installConsumer({ folder, wants, tarballs, offline }: ConsumerOptions): Promise<void> {
  const files = Object.fromEntries(tarballs.map(({ pkg, path }) => [pkg.manifest.name, `file:${path}`]));
  const chosen = Object.entries(files).filter(([name]) => wants.includes(name));
  const others = Object.entries(files).filter(([name]) => !wants.includes(name));
  const manifest = {
    name: "consumer",
    private: true,
    type: "module",
    dependencies: {
      ...Object.fromEntries(chosen),
      ...peersOf(tarballs.filter(({ pkg }) => wants.includes(pkg.manifest.name))),
    },
    // What the packages need of each other comes from here too, since none of it is published yet.
    overrides: Object.fromEntries(others),
  };
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify(manifest));
  const network = offline ? "--offline" : "--prefer-offline";
  const args = ["install", network, "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock"];
  await runSuccessfully("npm", args, { cwd: folder, env: strangersEnvironment() });
}

/** What packages take of others when it is installed beside them, in the versions that we test with. */
function peersOf(tarballs: readonly Tarball[]): Record<string, string> {
  const peers = tarballs.flatMap(({ pkg: { manifest } }) =>
    Object.keys(manifest.peerDependencies ?? {}).map((name) => [name, manifest.devDependencies?.[name]] as const),
  );
  return Object.fromEntries(peers.filter((peer): peer is [string, string] => peer[1] !== undefined));
}

/** Names of the packages at the top of a consumer's node_modules. */
export function installedPackages(folder: string): string[] {
  const modules = join(folder, "node_modules");
  return readdirSync(modules)
    .filter((name) => !name.startsWith("."))
    .flatMap((name) =>
      name.startsWith("@") ? readdirSync(join(modules, name)).map((sub) => `${name}/${sub}`) : [name],
    )
    .sort();
}
