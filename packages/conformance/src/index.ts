export type { ConformanceCase, ConformanceContext, ConformanceFamily } from "./case.ts";
export { conformanceCases } from "./cases/index.ts";
export { ConformanceFailure } from "./failure.ts";
export { type Fault, faults } from "./faults.ts";
export { type GoldenTensors, goldenCases } from "./golden/index.ts";
export { registerConformance, type TestContext, type TestRunner } from "./register.ts";
export { isRequiredOp, requiredOps } from "./required-ops.ts";
export { type ConformanceOptions, type RunOptions, runConformance } from "./run.ts";
export { type ConformanceResult, type ConformanceSummary, formatSummary } from "./summary.ts";
