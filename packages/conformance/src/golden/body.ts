import type { ConformanceCase } from "../case.ts";

/** What the kinds of golden cases differ in. */
export type GoldenBody = Pick<ConformanceCase, "needs" | "run">;
