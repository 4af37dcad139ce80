import type { ConformanceCase } from "../case.ts";
import { activationCases } from "./activation.ts";
import { dequantizeCases } from "./dequantize.ts";
import { errorCases } from "./errors.ts";
import { fusedCases } from "./fused.ts";
import { largeCases } from "./large.ts";
import { lifetimeCases } from "./lifetime.ts";
import { linearFloatCases } from "./linear-float.ts";
import { linearInt8Cases } from "./linear-int8.ts";
import { linearInt16Cases } from "./linear-int16.ts";
import { ownershipCases } from "./ownership.ts";
import { programCases } from "./program.ts";
import { quantizeCases } from "./quantize.ts";
import { rowCodesCases } from "./row-codes.ts";
import { stateCases } from "./state.ts";

/** The whole suite, a family after the other. Data is made when a case runs, so that listing costs nothing. */
export function conformanceCases(): ConformanceCase[] {
  return [
    ...lifetimeCases(),
    ...ownershipCases(),
    ...errorCases(),
    ...quantizeCases(),
    ...dequantizeCases(),
    ...linearFloatCases(),
    ...linearInt16Cases(),
    ...linearInt8Cases(),
    ...activationCases(),
    ...rowCodesCases(),
    ...fusedCases(),
    ...stateCases(),
    ...programCases(),
    ...largeCases(),
  ];
}
