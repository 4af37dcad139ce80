import { type DynamicSymbol, readElf } from "./elf.ts";
import { listCodeImages } from "./machine-code.ts";
import {
  compareVersions,
  machineCode,
  mostAddonBytes,
  newestVersions,
  ptx,
  systemLibraries,
} from "./supported-systems.ts";

/** What would keep a built addon from loading on the oldest supported systems, or from being published. */
export function findAddonDefects(addon: Buffer): string[] {
  const { imports, needed } = readElf(addon);
  const foreign = needed.filter((library) => !systemLibraries.has(library));
  return [
    ...foreign.map((library) => `needs ${library}, which is not wherever Node is`),
    ...imports.flatMap((symbol) => importFault(symbol) ?? []),
    ...(addon.length > mostAddonBytes ? [`has ${addon.length} bytes, and ${mostAddonBytes} are the most`] : []),
  ];
}

function importFault({ name, version, library, isWeak }: DynamicSymbol): string | undefined {
  if (version !== undefined) {
    const [, family = "", number = ""] = /^([A-Z]+)_([\d.]+)$/.exec(version) ?? [];
    const newest = newestVersions[family];
    if (newest !== undefined && number !== "" && compareVersions(number, newest) <= 0) return undefined;
    const most =
      newest === undefined ? "no versions of that kind are allowed" : `${family}_${newest} is the newest allowed`;
    return `asks ${library} for ${name} of ${version}; ${most}`;
  }
  // Node's own functions come from the program. Weak ones may be absent.
  if (isWeak || name.startsWith("napi_")) return undefined;
  return `asks for ${name}, which no library of ${newestVersions.GLIBC}'s time has; leave it out, or give the addon its own`;
}

/** Which of the machine code and PTX of a release the addon lacks. */
export function findCodeDefects(addon: Buffer): string[] {
  const images = listCodeImages(readElf(addon).section(".nv_fatbin") ?? Buffer.alloc(0));
  const lacks = (kind: string, architecture: number): boolean =>
    !images.some((image) => image.kind === kind && image.architecture === architecture);
  // An image does not tell its letter.
  const numbers = new Set(machineCode.map((name) => Number.parseInt(name, 10)));
  return [
    ...[...numbers]
      .filter((number) => lacks("machine code", number))
      .map((number) => `holds no machine code for ${number}`),
    ...ptx
      .map(Number)
      .filter((number) => lacks("ptx", number))
      .map((number) => `holds no PTX for ${number}`),
  ];
}
