import type { BackendsJson } from "@octet/cli";
import { expect } from "vitest";
import { it } from "./support/octet.ts";

it("shows what runs here and why the rest does not", async ({ octet }) => {
  const { exitCode, stdout, stderr } = await octet.run(["backends"]);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  expect(stdout).toMatch(/^reference +yes +JavaScript engine$/m);
  expect(stdout).not.toContain("threads=");
  expect(stdout).toMatch(/^--backend auto takes \w+$/m);
});

it("prints one JSON document", async ({ octet }) => {
  const { exitCode, stdout, stderr } = await octet.run(["backends", "--json"]);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  const { backends, auto }: BackendsJson = JSON.parse(stdout);
  expect(backends.map(({ name }) => name)).toEqual(["cuda", "webgpu", "wasm", "reference"]);
  expect(backends.find(({ name }) => name === "wasm")?.available).toBe(true);
  expect(backends.find(({ name }) => name === "reference")?.available).toBe(true);
  // WebGPU runs here on a CPU that poses as a GPU, which auto passes by.
  const gpus = backends.filter(({ name }) => name === "cuda" || name === "webgpu");
  const gpu = gpus.find((backend) => backend.available && !backend.features.includes("software"));
  expect(auto).toBe(gpu?.name ?? "wasm");
  for (const backend of backends) {
    if (backend.available) expect(backend.device).not.toBe("");
    else
      expect(backend).toEqual({
        name: backend.name,
        available: false,
        code: "ERR_UNAVAILABLE",
        reason: expect.any(String),
      });
  }
});
