import { conformanceCases, registerConformance } from "@octet/conformance";
import { createWebGPUBackend } from "@octet/webgpu";
import { describe, it } from "vitest";
import { sharpCases } from "./support/sharp-cases.ts";

// Those that need much memory or time run once, on the sources (src/golden.test.ts).
registerConformance({ describe, it }, "webgpu on Dawn", createWebGPUBackend, {
  cases: [...conformanceCases(), ...sharpCases()],
  filter: ({ family }) => family !== "large",
});
