import { formatValue, OctetError } from "@octet/core";
import { type Fault, faults } from "./faults.ts";
import type { ConformanceResult } from "./summary.ts";

/**
 * The known faults that would explain the failures of a run, the one that explains most first. A fault is suspected when every case
 * that names it failed; failures that no known fault explains are not in the list.
 * @throws OctetError `ERR_UNSUPPORTED` for what is not the results of a run
 */
export function suspectFaults(results: readonly ConformanceResult[]): Fault[] {
  if (!Array.isArray(results) || results.some((result) => !Array.isArray(result?.catches))) {
    throw new OctetError("ERR_UNSUPPORTED", `got ${formatValue(results)}; pass the results of a summary`);
  }
  const ran = results.filter(({ status }) => status !== "unsupported");
  const unexplained = new Set(ran.filter(({ status }) => status === "failed"));
  const candidates = (Object.keys(faults) as Fault[])
    .map((fault) => ({ fault, naming: ran.filter(({ catches }) => catches.includes(fault)) }))
    .filter(({ naming }) => naming.length > 0 && naming.every(({ status }) => status === "failed"))
    .sort((a, b) => b.naming.length - a.naming.length);
  const suspects: Fault[] = [];
  for (const { fault, naming } of candidates) {
    if (!naming.some((result) => unexplained.has(result))) continue;
    suspects.push(fault);
    for (const result of naming) unexplained.delete(result);
  }
  return suspects;
}
