import type { ConformanceCase } from "../../case.ts";
import { activationCodeCases } from "./linear-activation-codes.ts";
import { deviceWeightCase, twoLayerCase } from "./linear-chains.ts";
import { identityWeight, probeCase } from "./linear-probes.ts";
import { scalingCases } from "./linear-scaling.ts";
import { linearShapeCases } from "./linear-shapes.ts";
import { sumCases } from "./linear-sums.ts";

/** Linear with activations quantized to int16 per row, all exact. */
export function linearInt16Cases(): ConformanceCase[] {
  return [
    ...linearShapeCases("int16"),
    ...activationCodeCases("int16"),
    byteBoundaryCase(),
    ...scalingCases("int16"),
    ...sumCases("int16"),
    deviceWeightCase("int16", ["reciprocal-of-qmax", "qmax-32767"]),
    twoLayerCase("int16", "float32", ["scales-multiplied-first", "reciprocal-of-qmax", "qmax-32767"]),
    twoLayerCase("int16", "bfloat16", ["truncated-halves"]),
  ];
}

/** Codes where `256 * high + low` with two signed bytes turns over, each seen through a weight of 1. */
function byteBoundaryCase(): ConformanceCase {
  const positive = [0, 1, 127, 128, 129, 255, 256, 257, 383, 384, 511, 512, 16255, 16256, 32511, 32512, 32513, 32638];
  const codes = [...positive, ...positive.map((code) => -code), 32639, -32639];
  return probeCase({
    name: "byte-boundaries",
    activations: "int16",
    m: 1,
    n: codes.length,
    k: codes.length,
    x: () => codes,
    weight: () => identityWeight(codes.length),
    catches: ["qmax-32767", "negative-zero"],
  });
}
