import { describe, it } from "node:test";
import { registerConformance } from "@octet/conformance";
import { createTinyBackend } from "./backend.ts";

registerConformance({ describe, it }, "tiny", createTinyBackend, {
  filter: ({ family }) => family !== "large",
});
