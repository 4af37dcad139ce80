import type { ConformanceCase } from "../../case.ts";
import { argumentErrorCases } from "./errors-arguments.ts";
import { nonFiniteCases } from "./errors-non-finite.ts";
import { ownerErrorCases } from "./errors-owner.ts";
import { unsupportedCases } from "./errors-unsupported.ts";
import { uploadErrorCases } from "./errors-upload.ts";

/** What is refused, with which code, and when. Nothing that is refused leaves a trace. */
export function errorCases(): ConformanceCase[] {
  return [
    ...argumentErrorCases(),
    ...uploadErrorCases(),
    ...ownerErrorCases(),
    ...unsupportedCases(),
    ...nonFiniteCases(),
  ];
}
