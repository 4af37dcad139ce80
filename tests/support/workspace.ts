import { globSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The root of the repository. */
export const root: string = join(dirname(fileURLToPath(import.meta.url)), "../..");

/** Files that are no JavaScript have no source to stand for them. */
type Conditions = { readonly "octet-source"?: string; readonly types: string; readonly default: string };

/** The fields of a published package's manifest that the tests look at. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly exports: Readonly<Record<string, Conditions | string>>;
  readonly bin?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly publishConfig?: Readonly<Record<string, unknown>>;
}

export interface Package {
  /** Name of the folder under packages/. */
  readonly folder: string;
  /** Absolute path of the folder. */
  readonly path: string;
  readonly manifest: Manifest;
}

/** The packages that are published, in the order of their folders. */
export function publishedPackages(): Package[] {
  return globSync("packages/*/package.json", { cwd: root })
    .sort()
    .map((file) => {
      const path = join(root, dirname(file));
      return { folder: basename(path), path, manifest: JSON.parse(readFileSync(join(root, file), "utf8")) };
    })
    .filter(({ manifest }) => manifest.private !== true);
}

/** Every name by which a module of the package can be imported, with the files that it stands for. */
export function entriesOf({ manifest }: Package): { specifier: string; source: string; built: string }[] {
  return Object.entries(manifest.exports).flatMap(([subpath, target]) =>
    typeof target === "string" || target["octet-source"] === undefined
      ? []
      : [{ specifier: manifest.name + subpath.slice(1), source: target["octet-source"], built: target.default }],
  );
}
