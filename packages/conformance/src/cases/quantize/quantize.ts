import type { ConformanceCase } from "../../case.ts";
import { quantizeEdgeCases } from "./quantize-edges.ts";
import { quantizeRoundingCases } from "./quantize-rounding.ts";
import { quantizeShapeCases } from "./quantize-shapes.ts";

/** Codes and scales, all exact: places first, then roundings, then the ends of the range of floats. */
export function quantizeCases(): ConformanceCase[] {
  return [...quantizeShapeCases(), ...quantizeRoundingCases(), ...quantizeEdgeCases()];
}
