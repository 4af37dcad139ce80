import type { ConformanceCase } from "../../case.ts";
import { activationCodeCases } from "./linear-activation-codes.ts";
import { deviceWeightCase, twoLayerCase } from "./linear-chains.ts";
import { scalingCases } from "./linear-scaling.ts";
import { linearShapeCases } from "./linear-shapes.ts";
import { sumCases } from "./linear-sums.ts";

/** Linear with activations quantized to int8 per row, all exact. */
export function linearInt8Cases(): ConformanceCase[] {
  return [
    ...linearShapeCases("int8"),
    ...activationCodeCases("int8"),
    ...scalingCases("int8"),
    ...sumCases("int8"),
    deviceWeightCase("int8", []),
    twoLayerCase("int8", "float32", ["scales-multiplied-first"]),
    twoLayerCase("int8", "float16", ["truncated-halves"]),
  ];
}
