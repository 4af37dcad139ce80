import type { ConformanceCase } from "../../case.ts";
import { linearBoundCases } from "./linear-bound-cases.ts";
import { deviceWeightCase } from "./linear-chains.ts";
import { exactSumCases } from "./linear-exact-sums.ts";
import { nanRowCase } from "./linear-nan-row.ts";
import { pastBoundCases } from "./linear-past-bound.ts";

/** Linear with float activations: within the bound on any data, bit for bit where every order of summation gives one result. */
export function linearFloatCases(): ConformanceCase[] {
  return [
    ...linearBoundCases(),
    ...pastBoundCases(),
    ...exactSumCases(),
    nanRowCase(),
    deviceWeightCase("float", ["tensor-float-32"]),
  ];
}
