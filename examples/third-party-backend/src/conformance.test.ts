import { registerConformance } from "@octet/conformance";
import { describe, it } from "vitest";
import { createTinyBackend } from "./backend.ts";

registerConformance({ describe, it }, "tiny", createTinyBackend, {
  filter: ({ family }) => family !== "large",
});
