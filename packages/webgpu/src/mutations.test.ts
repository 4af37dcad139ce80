/** @module-tag full */
import { conformanceCases, runConformance } from "@octet/conformance";
import { describe, expect, it } from "vitest";
import { sharpCases } from "../test/support/sharp-cases.ts";
import { createBackend } from "./create-backend.ts";
import type { Shader } from "./shader.ts";

/** A step of the exact algorithms, the text that does it, what stands there when it is left out, and the cases to run. */
type Mutation = readonly [step: string, text: string | RegExp, instead: string, cases: RegExp];

const quantize = /^quantize\//;
const dequantize = /^dequantize\//;
const int8 = /^linear-int8\//;
const int16 = /^linear-int16\//;

const mutations: readonly Mutation[] = [
  ["the comparison with the middle", "i32(remainder) > i32(past)", "false", quantize],
  ["the reciprocal's rounding", "((s >> 8u) + 1u)", "(s >> 8u)", quantize],
  ["ties below an odd code", "(zone ^ odd)", "(0u ^ odd)", quantize],
  ["ties above an odd code", "(zone ^ odd)", "zone", quantize],
  ["the width of the zone", "(s * (smeared + 1u)) >> 24u", "s >> 23u", quantize],
  ["the narrower zone under 1", "(smeared + 1u)", "(smeared | 1u)", quantize],
  ["codes of what is far below the scale", "0u, up < 0i", "0u, false", quantize],
  ["the code -128", "min(code, 128u)", "min(code, 127u)", quantize],
  ["subnormal scales", "countLeadingZeros(significand) - 8u", "0u", quantize],
  ["subnormal elements", /max\(a >> 23u, 1u\) - 1u/, "(a >> 23u) - 1u", quantize],
  ["the rounding of the scale", /remainder \* 2u > \d+u/, "false", quantize],
  ["the length of the scale's quotient", /significand >= 16646144u/, "false", quantize],
  ["the scale of a group of zeroes", "select(bits, 0x3f800000u, bits == 0u)", "bits", quantize],
  ["the sign of a code", "(x >> 31u) != 0u", "false", quantize],
  ["subnormals of float16", /if \(a < 0x400u\)/, "if (false)", quantize],
  ["the rounding of subnormals", "max(-wanted, 0i)", "0i", dequantize],
  ["rounding to even", "(rest == middle && (kept & 1u) == 1u)", "rest == middle", dequantize],
  ["overflow", "wanted >= 254i", "false", dequantize],
  ["rounding to float16", /\+ 0xfffu \+ \(\(a >> 13u\) & 1u\)/, "", dequantize],
  [
    "subnormals of float16 results",
    /rest > middle \|\| \(rest == middle && \(kept & 1u\) == 1u\)\)\);/,
    "false));",
    dequantize,
  ],
  ["rounding to bfloat16", /\+ 0x7fffu \+ \(\(bits >> 16u\) & 1u\)/, "", dequantize],
  ["the tail of a product", "select(0u, 1u, (low & 0xffffu) != 0u)", "0u", int8],
  ["what a shifted summand loses", "| lost", "", int8],
  ["the sign of an exact zero", "select(a & 0x80000000u, 0u, n == 0u)", "(a & 0x80000000u)", int8],
  ["ties of 16-bit codes", "abs(from_middle) <= zone", "from_middle == 0i", int16],
  ["codes of one, of 16 bits", "up == -1i", "false", int16],
  ["the high bytes", "(values + vec4<i32>(128)) >> vec4<u32>(8u)", "values >> vec4<u32>(8u)", int16],
  ["the carry of a negative sum", "select(0i, 1i, low != 0u)", "0i", int16],
  ["the tail of a wide sum", "return round_bits(sign, n | sticky", "return round_bits(sign, n", int16],
];

describe("the conformance suite notices when an exact shader lacks", () => {
  it.each(mutations)("%s", { timeout: 120_000 }, async (_step, text, instead, wanted) => {
    let changed = 0;
    const rewrite = ({ source }: Shader) => {
      const mutant = source.replaceAll(typeof text === "string" ? text : new RegExp(text, "g"), instead);
      if (mutant !== source) changed++;
      return mutant;
    };
    const failed = await firstFailure(rewrite, wanted);
    expect(changed).toBeGreaterThan(0);
    expect(failed).toBeDefined();
  });
});

/** The id of the first case that fails with shaders changed like this. */
async function firstFailure(rewrite: (shader: Shader) => string, wanted: RegExp): Promise<string | undefined> {
  const found = new AbortController();
  let failed: string | undefined;
  await runConformance(() => createBackend({}, { rewrite }), {
    cases: [...sharpCases(), ...conformanceCases()],
    filter: ({ id }) => wanted.test(id),
    onResult: ({ id, status }) => {
      if (status !== "failed") return;
      failed = id;
      found.abort();
    },
    signal: found.signal,
  }).catch((error: unknown) => {
    if (!found.signal.aborted) throw error;
  });
  return failed;
}
