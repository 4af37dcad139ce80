import { conformanceCases, registerConformance } from "@octet/conformance";
import { describe, it } from "vitest";
import { sharpCases } from "../test/support/sharp-cases.ts";
import { createBackend } from "./create-backend.ts";

registerConformance({ describe, it }, "webgpu on Dawn", () => createBackend({}), {
  cases: [...conformanceCases(), ...sharpCases()],
  profile: "models",
});
