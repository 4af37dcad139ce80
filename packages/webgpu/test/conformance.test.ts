import { registerConformance } from "@octet/conformance";
import { createWebGPUBackend } from "@octet/webgpu";
import { describe, it } from "vitest";

registerConformance({ describe, it }, "webgpu on Dawn", createWebGPUBackend);
