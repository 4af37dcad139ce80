import { readFileSync } from "node:fs";

/** The version of this package, from the package.json that lies above `src` and `dist` alike. */
export function readVersion(): string {
  return JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")).version;
}
