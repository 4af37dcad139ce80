import type { ConformanceCase } from "../case.ts";
import { activationCases } from "./activation.ts";
import { errorCases } from "./errors/errors.ts";
import { largeCases } from "./large.ts";
import { lifetimeCases } from "./lifetime/lifetime.ts";
import { linearFloatCases } from "./linear/linear-float.ts";
import { linearInt8Cases } from "./linear/linear-int8.ts";
import { linearInt16Cases } from "./linear/linear-int16.ts";
import { ownershipCases } from "./ownership.ts";
import { programCases } from "./program/program.ts";
import { dequantizeCases } from "./quantize/dequantize.ts";
import { quantizeCases } from "./quantize/quantize.ts";
import { fusedCases } from "./row-codes/fused.ts";
import { rowCodesCases } from "./row-codes/row-codes.ts";
import { stateCases } from "./state/state.ts";

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
