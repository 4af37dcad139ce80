import { existsSync, globSync, readFileSync } from "node:fs";
import { join, sep } from "node:path";

/** What ptxas says of one kernel on one architecture. */
export interface KernelUse {
  /** The mangled name. */
  readonly kernel: string;
  /** "sm_90" */
  readonly architecture: string;
  /** Of a thread. */
  readonly registers: number;
  readonly stackBytes: number;
  /** Bytes that were written to memory because registers ran out. */
  readonly spillBytes: number;
  /** Whether operations that should overlap wait for each other, because the compiler saw no other way. */
  readonly serialized: boolean;
}

/** Reads the words of `ptxas -v` among those of a compiler. */
export function parseKernelReport(output: string): KernelUse[] {
  const uses: KernelUse[] = [];
  const serialized = new Set(
    [...output.matchAll(/wgmma\.mma_async instructions are serialized .* in the function '(\w+)'/g)].map(
      ([, kernel]) => kernel,
    ),
  );
  let current: { kernel: string; architecture: string; stackBytes: number; spillBytes: number } | undefined;
  for (const line of output.split("\n")) {
    const entry = /Compiling entry function '(\w+)' for '(\w+)'/.exec(line);
    if (entry) current = { kernel: entry[1]!, architecture: entry[2]!, stackBytes: 0, spillBytes: 0 };
    const frame = /(\d+) bytes stack frame, (\d+) bytes spill stores, (\d+) bytes spill loads/.exec(line);
    if (frame && current) {
      current.stackBytes = Number(frame[1]);
      current.spillBytes = Number(frame[2]) + Number(frame[3]);
    }
    const used = /Used (\d+) registers/.exec(line);
    if (used && current) {
      uses.push({ ...current, registers: Number(used[1]), serialized: serialized.has(current.kernel) });
    }
  }
  return uses;
}

/**
 * Reports on every kernel of a build folder, whether this run compiled it or an earlier one did: scripts/keep-words.sh leaves the
 * compiler's words beside each object. Those of sources that are gone do not count.
 */
export function readKernelReport(buildFolder: string, sourceFolder: string): KernelUse[] {
  const words = globSync("CMakeFiles/*.dir/**/*.cu.o.words", { cwd: buildFolder }).sort();
  const present = words.filter((path) => {
    const source = path
      .split(sep)
      .slice(2)
      .join(sep)
      .replace(/\.o\.words$/, "");
    return existsSync(join(sourceFolder, source)) && existsSync(join(buildFolder, path.replace(/\.words$/, "")));
  });
  const uses = present.flatMap((path) => parseKernelReport(readFileSync(join(buildFolder, path), "utf8")));
  const key = ({ kernel, architecture }: KernelUse): string => `${architecture} ${kernel}`;
  return uses.sort((a, b) => (key(a) < key(b) ? -1 : 1));
}
