import type { ConformanceCase } from "../case.ts";

/** The whole suite, a family after the other. Data is made when a case runs, so that listing costs nothing. */
export function conformanceCases(): ConformanceCase[] {
  return [];
}
