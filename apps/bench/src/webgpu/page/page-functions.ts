import type { PlanRequest } from "../plan.ts";
import type { WebGPURun } from "../results.ts";

/** What the page offers to a program that drives it, as globals. */
export interface PageFunctions {
  measureOnPage(request: PlanRequest): Promise<WebGPURun>;
}
