import type { ConformanceCase } from "../case.ts";
import { activationCodeCases } from "./linear-activation-codes.ts";
import { scalingCases } from "./linear-scaling.ts";
import { linearShapeCases } from "./linear-shapes.ts";
import { sumCases } from "./linear-sums.ts";

/** Linear with activations quantized to int8 per row, all exact. */
export function linearInt8Cases(): ConformanceCase[] {
  return [...linearShapeCases("int8"), ...activationCodeCases("int8"), ...scalingCases("int8"), ...sumCases("int8")];
}
