import { OctetError } from "@octet/core";
import { optionText } from "../option-text.ts";

/** More threads than this share the bandwidth of the memory without adding to it. */
const mostByDefault = 8;

/** How many threads were asked for, or suit this machine. @throws OctetError `ERR_UNSUPPORTED` */
export function chooseThreads(wanted: number | undefined): number {
  if (wanted === undefined) return Math.min(globalThis.navigator?.hardwareConcurrency ?? 1, mostByDefault);
  if (Number.isInteger(wanted) && wanted >= 1 && wanted <= 256) return wanted;
  throw new OctetError("ERR_UNSUPPORTED", `got threads ${optionText(wanted)}; use a whole number from 1 to 256`);
}
