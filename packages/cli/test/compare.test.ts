import { join } from "node:path";
import type { CompareJson, QuantizeJson } from "@octet/cli";
import { beforeAll, describe, expect } from "vitest";
import { modelTensors, temporaryFolder, writeModel, writeShardedModel, writeTensors } from "./support/model.ts";
import { it, type Octet } from "./support/octet.ts";

let folder: string;
let file: string;
beforeAll(async () => {
  folder = await temporaryFolder();
  file = await writeModel(folder);
});

async function quantize(octet: Octet, input: string, output: string, ...flags: string[]): Promise<QuantizeJson> {
  const { exitCode, stdout } = await octet.run(["quantize", input, "-o", output, "--json", "--quiet", ...flags]);
  expect(exitCode).toBe(0);
  return JSON.parse(stdout);
}

describe("compare", () => {
  it.for([
    ["compressed-tensors", "channel", "8"],
    ["int8", "tensor", "5"],
  ])("finds the figures that quantize gave: %s, %s, %s bits", async ([format, granularity, bits], { octet }) => {
    const quantized = join(folder, `${format}.safetensors`);
    const flags = ["--format", format, "--granularity", granularity, "--bits", bits];
    const { layers, kept, totals } = await quantize(octet, file, quantized, ...flags);
    const { exitCode, stdout, stderr } = await octet.run(["compare", file, quantized, "--json"]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    const report: CompareJson = JSON.parse(stdout);
    expect(report).toMatchObject({ original: file, quantized, format, granularity, bits: Number(bits) });
    expect(report.layers).toEqual(layers);
    expect(report.totals).toEqual(totals);
    expect(report.kept.map(({ name }) => name)).toEqual(kept.map(({ name }) => name));
  });

  it("prints the table, for folders too", async ({ octet }) => {
    const original = join(folder, "sharded");
    await writeShardedModel(original);
    await quantize(octet, original, join(folder, "sharded-int8"));
    const { exitCode, stdout, stderr } = await octet.run(["compare", original, join(folder, "sharded-int8")]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toMatch(/^model\.layers\.0\.mlp\.up_proj +float32 +7×33 /m);
    expect(stdout).toMatch(/^2 layers /m);
  });
});

describe("errors are one line", () => {
  it("when the second is not quantized", async ({ octet }) => {
    const { exitCode, stdout, stderr } = await octet.run(["compare", file, file]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
    expect(stderr).toMatch(/^octet: ERR_\w+: .*\n$/);
  });

  it("when the two are not the same model", async ({ octet }) => {
    const other = await writeTensors(join(folder, "other.safetensors"), modelTensors.slice(1));
    await quantize(octet, file, join(folder, "whole-int8.safetensors"));
    const { exitCode, stderr } = await octet.run(["compare", other, join(folder, "whole-int8.safetensors")]);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^octet: ERR_\w+: .*model\.layers\.0\.mlp\.up_proj.*\n$/);
  });

  it("when one is not there", async ({ octet }) => {
    const { exitCode, stderr } = await octet.run(["compare", file, join(folder, "nosuch.safetensors")]);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^octet: ERR_UNAVAILABLE: .*nosuch\.safetensors.*\(ENOENT\)\n$/);
  });
});
