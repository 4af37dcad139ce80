/**
 * Lets the addon run on the glibc of 2018, whichever glibc is here.
 *
 * A linker asks for the newest version of each symbol that it finds, so that a binary wants the glibc of the machine that linked it. Here
 * it finds stand-ins for glibc's libraries instead: without code, with the symbols of this machine's glibc, each in the newest version
 * that 2.28 had. What came later they do not have, so that nothing can ask for it. Only names and versions come from them; at run time
 * the real libraries answer, old or new, for glibc keeps every version that it ever had.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { type DynamicSymbol, readElf } from "./elf.ts";
import { compareVersions, oldestGlibc } from "./supported-systems.ts";

/** By the names that the linker looks for, and those that the loader does. Since 2.34 glibc keeps most of their symbols in libc. */
const libraries = [
  ["c", "libc.so.6"],
  ["m", "libm.so.6"],
  ["pthread", "libpthread.so.0"],
  ["dl", "libdl.so.2"],
  ["rt", "librt.so.1"],
] as const;
const loader = "ld-linux-x86-64.so.2";

/** Of each symbol, the newest version that the oldest supported glibc had. */
export function chooseVersions(symbols: readonly DynamicSymbol[]): Map<string, DynamicSymbol> {
  const chosen = new Map<string, DynamicSymbol>();
  for (const symbol of symbols) {
    // Others are private to glibc, or name features of the loader.
    const version = /^GLIBC_([\d.]+)$/.exec(symbol.version ?? "")?.[1];
    if (version === undefined || compareVersions(version, oldestGlibc) > 0) continue;
    const other = chosen.get(symbol.name)?.version?.slice("GLIBC_".length);
    if (other === undefined || compareVersions(version, other) > 0) chosen.set(symbol.name, symbol);
  }
  return chosen;
}

/**
 * Writes the stand-ins into `folder`, for `-L`. Returns false where there is no glibc to stand in for: on another processor, or with
 * another C library.
 * @throws Error where the compiler makes nothing of them
 */
export function makeOldGlibc(folder: string, compiler: string): boolean {
  const find = (name: string): string | undefined => {
    const path = spawnSync(compiler, [`-print-file-name=${name}`], { encoding: "utf8" }).stdout.trim();
    return isAbsolute(path) ? path : undefined;
  };
  const paths = [...libraries.map(([, file]) => file), loader, "libc_nonshared.a"].map((name) => [name, find(name)]);
  if (process.arch !== "x64" || paths.some(([, path]) => path === undefined)) return false;
  const path = Object.fromEntries(paths) as Record<string, string>;
  mkdirSync(folder, { recursive: true });
  for (const name of [...libraries.map(([, file]) => file), loader]) {
    makeStandIn(folder, name, chooseVersions(readElf(readFileSync(path[name]!)).exports), compiler);
  }
  for (const [name, file] of libraries) {
    writeFileSync(join(folder, `lib${name}.so`), `INPUT ( ${join(folder, file)} )\n`);
  }
  // Before 2.34 threads and dlopen were in libraries of their own: the addon names them, whatever libc has by now.
  const all = libraries.filter(([name]) => name !== "m").map(([, file]) => join(folder, file));
  const members = [...all, path["libc_nonshared.a"], `AS_NEEDED ( ${join(folder, loader)} )`];
  writeFileSync(join(folder, "libc.so"), `GROUP ( ${members.join(" ")} )\n`);
  return true;
}

/** A library without code that has these symbols. */
function makeStandIn(
  folder: string,
  name: string,
  symbols: ReadonlyMap<string, DynamicSymbol>,
  compiler: string,
): void {
  const versions = Map.groupBy(symbols.values(), ({ version }) => version!);
  const script = [...versions].map(
    ([version, of]) => `${version} { global: ${of.map((s) => `${s.name};`).join(" ")} };`,
  );
  const assembly = [...symbols.values()].map(
    (symbol) =>
      `.globl ${symbol.name}\n.type ${symbol.name}, @${symbol.isObject ? "object" : "function"}\n${symbol.name}:\n`,
  );
  const source = join(folder, `${name}.s`);
  writeFileSync(source, `.text\n${assembly.join("")}.byte 0\n.section .note.GNU-stack,"",@progbits\n`);
  writeFileSync(join(folder, `${name}.map`), `${script.join("\n")}\n`);
  const options = [
    "-shared",
    "-nostdlib",
    `-Wl,-soname,${name}`,
    `-Wl,--version-script=${join(folder, `${name}.map`)}`,
  ];
  const { status, stderr } = spawnSync(compiler, [...options, "-o", join(folder, name), source], { encoding: "utf8" });
  if (status !== 0) throw new Error(`the compiler made no stand-in for ${name}: ${stderr}`);
}
