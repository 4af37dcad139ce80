import { hostTensor, quantizeSymmetric } from "@octet/core";
import * as metrics from "@octet/metrics";
import { analyzeQuantization, calculateQuantizationError, createErrorAccumulator } from "@octet/metrics";
import { describe, expect, it } from "vitest";
import { foreignError, junkCalls, misuseCode } from "../../../tests/support/misuse.ts";

const weight = hostTensor("float32", [2, 4], Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8));
const codes = quantizeSymmetric(weight, { dim: 0 });

/** A right call of every function that the package exports: a new export needs a row. */
const rightCalls: Readonly<Record<string, readonly unknown[]>> = {
  analyzeQuantization: [weight, codes, { channelDim: 0 }],
  calculateQuantizationError: [weight, codes.quantized, codes.scale, { dim: 0 }],
  createErrorAccumulator: [{ maxAbs: 8 }],
  maxAbsOf: [weight],
};

describe("whatever it is given, it throws errors of Octet only:", () => {
  const accumulator = createErrorAccumulator({ maxAbs: 8 });
  const functions = [
    ...Object.entries(metrics).map(([name, call]) => [name, call, rightCalls[name]] as const),
    ["add of an accumulator", accumulator.add, [weight, codes]] as const,
  ];
  it.each(functions)("%s", async (name, call, right) => {
    expect(right, `${name} has no row of a right call`).toBeDefined();
    for (const values of [right, ...junkCalls(right)]) {
      expect(await foreignError(() => (call as (...all: unknown[]) => unknown)(...values))).toBeUndefined();
    }
  });
});

describe("misuse is refused with a code:", () => {
  const refused: readonly (readonly [string, () => unknown])[] = [
    ["a misspelled option", () => analyzeQuantization(weight, codes, { errorbins: 5 } as never)],
    ["null options", () => analyzeQuantization(weight, codes, null as never)],
    ["bins in text", () => analyzeQuantization(weight, codes, { errorBins: "5" as never })],
    ["a maximum in text", () => createErrorAccumulator({ maxAbs: "5" as never })],
    ["no maximum", () => createErrorAccumulator({} as never)],
    ["no options", () => createErrorAccumulator(undefined as never)],
    [
      "a granularity for the options",
      () => calculateQuantizationError(weight, codes.quantized, codes.scale, codes.granularity as never),
    ],
  ];
  it.each(refused)("%s", async (_name, call) => expect(await misuseCode(call)).toBe("ERR_UNSUPPORTED"));
});
