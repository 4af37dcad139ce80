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

it("shows whole reasons in a pipe", async ({ octet }) => {
  const env = { CUDA_VISIBLE_DEVICES: "" };
  const [table, json] = await Promise.all([
    octet.run(["backends"], { env }),
    octet.run(["backends", "--json"], { env }),
  ]);
  const { backends }: BackendsJson = JSON.parse(json.stdout);
  for (const backend of backends) {
    if (!backend.available) expect(table.stdout).toContain(`  ${backend.reason}\n`);
  }
});

it("keeps what drivers write by themselves off standard error, but for --debug", async ({ octet }) => {
  // Dawn then warns that it finds no driver.
  const env = { VK_DRIVER_FILES: "/nowhere/icd.json", VK_ICD_FILENAMES: "/nowhere/icd.json" };
  expect(await octet.run(["backends"], { env })).toMatchObject({ exitCode: 0, stderr: "" });
  const { exitCode, stderr } = await octet.run(["conformance", "--backend", "webgpu"], { env });
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/^octet: ERR_UNAVAILABLE: .*\n$/);
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
