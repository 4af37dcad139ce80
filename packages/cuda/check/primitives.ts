import { existsSync } from "node:fs";
import type { Platform } from "../src/load-addon.ts";
import { builtProgram, notBuilt, runProgram } from "./executables.ts";
import { type PartOutcome, refuse } from "./part.ts";

/** What one platform gave for a primitive, and what the emulation gave. */
export interface PrimitiveComparison {
  readonly name: string;
  readonly words: number;
  readonly different: number;
  /** The first place that differs: its index, and both words in hexadecimal. */
  readonly first?: { readonly index: number; readonly got: string; readonly wanted: string };
}

const wordLength = 8;

/** The lines of `octet_primitives`: a name and the words of the results. */
export function parsePrimitives(text: string): Map<string, string> {
  return new Map(
    text
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => line.split(" ") as [string, string]),
  );
}

/** Compares results word by word. A primitive that only one side has differs in every word. */
export function comparePrimitives(
  got: ReadonlyMap<string, string>,
  wanted: ReadonlyMap<string, string>,
): PrimitiveComparison[] {
  return [...new Set([...wanted.keys(), ...got.keys()])].map((name) => {
    const [left, right] = [got.get(name) ?? "", wanted.get(name) ?? ""];
    const words = Math.max(left.length, right.length) / wordLength;
    if (left === right) return { name, words, different: 0 };
    const at = (text: string, index: number) => text.slice(index * wordLength, (index + 1) * wordLength);
    const places = Array.from({ length: words }, (_, index) => index).filter((i) => at(left, i) !== at(right, i));
    const index = places[0]!;
    return { name, words, different: places.length, first: { index, got: at(left, index), wanted: at(right, index) } };
  });
}

/** Runs every primitive on the device and in the emulation, on the same random operands, and compares bits. */
export async function checkPrimitives(platform: Platform): Promise<PartOutcome> {
  const [program, emulation] = [
    builtProgram(platform, "octet_primitives"),
    builtProgram("emulated", "octet_primitives"),
  ];
  for (const path of [emulation, program]) if (!existsSync(path)) return refuse(notBuilt(path));
  const wanted = await runProgram(emulation, [], { seconds: 120 });
  if (wanted.status !== 0) return refuse(`the emulation did not run: ${wanted.stderr.trim()}`);
  const got = await runProgram(program, [], { seconds: 120 });
  if (got.status === 3) return refuse(got.stderr.trim());
  if (got.status !== 0) return { status: "failed", summary: `ended with ${got.status}: ${got.stderr.trim()}` };
  const comparisons = comparePrimitives(parsePrimitives(got.stdout), parsePrimitives(wanted.stdout));
  const wrong = comparisons.filter(({ different }) => different > 0);
  for (const { name, words, different, first } of wrong) {
    console.log(
      `  ${name}: ${different} of ${words} words differ, first at ${first!.index}: got ${first!.got}, wanted ${first!.wanted}`,
    );
  }
  const words = comparisons.reduce((sum, comparison) => sum + comparison.words, 0);
  return {
    status: wrong.length === 0 ? "passed" : "failed",
    summary: `${comparisons.length - wrong.length} of ${comparisons.length} primitives equal to the emulation, ${words} words compared`,
    details: comparisons,
  };
}
