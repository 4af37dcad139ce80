import type { WebGPURun } from "../../results.ts";
import type { PlanRequest } from "../plan.ts";

/** What the page offers to a program that drives it, as globals. */
export interface PageFunctions {
  measureOnPage(request: PlanRequest): Promise<WebGPURun>;
}
