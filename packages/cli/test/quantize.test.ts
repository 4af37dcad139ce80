import { watch } from "node:fs";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { InspectJson, QuantizeJson } from "@octet/cli";
import { beforeAll, describe, expect } from "vitest";
import {
  modelTensors,
  randomTensor,
  temporaryFolder,
  writeModel,
  writeShardedModel,
  writeTensors,
} from "./support/model.ts";
import { it, type Octet, waitFor } from "./support/octet.ts";

let folder: string;
let file: string;
let index: string;
beforeAll(async () => {
  folder = await temporaryFolder();
  file = await writeModel(join(folder, "whole"));
  index = await writeShardedModel(join(folder, "sharded"));
});

const up0 = "model.layers.0.mlp.up_proj";
const up1 = "model.layers.1.mlp.up_proj";

async function inspect(octet: Octet, path: string): Promise<InspectJson> {
  const { exitCode, stdout, stderr } = await octet.run(["inspect", path, "--json"]);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  return JSON.parse(stdout);
}

/** The report of a run that must succeed, and what it wrote. */
async function quantize(
  octet: Octet,
  name: string,
  ...flags: string[]
): Promise<QuantizeJson & { written: InspectJson }> {
  const output = join(folder, name);
  const { exitCode, stdout, stderr } = await octet.run(["quantize", file, "-o", output, "--json", "--quiet", ...flags]);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  return { ...JSON.parse(stdout), written: await inspect(octet, output) };
}

const namesOf = ({ tensors }: InspectJson) => tensors.map(({ name }) => name).sort();

describe("what it prints", () => {
  it("is a table of layers with totals, and on stderr the backend that auto took", async ({ octet }) => {
    const { exitCode, stdout, stderr } = await octet.run(["quantize", file, "-o", join(folder, "table.safetensors")]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^layer +dtype +shape +SNR dB +max error +before +after$/m);
    expect(stdout).toMatch(/^model\.layers\.0\.mlp\.up_proj +float32 +7×33 +4\d\.\d +0\.00\d+ +924 B +\d+ B$/m);
    expect(stdout).toMatch(/^2 layers +4\d\.\d +0\.00\d+ +2\.2 kB +\d+ B$/m);
    expect(stdout).toMatch(/^in all +2\.86 kB → 1\.\d+ kB$/m);
    expect(stdout).not.toContain("\u001b");
    expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(120);
    expect(stderr).toMatch(/^backend \w+ \(.+\)\n(?: {2}not \w+: .+\n)*octet: warning: .*33 inFeatures.*\n$/);
  });

  it("is nothing with --quiet", async ({ octet }) => {
    const args = ["quantize", file, "-o", join(folder, "quiet.safetensors"), "--quiet"];
    expect(await octet.run(args)).toEqual({ exitCode: 0, stdout: "", stderr: "" });
  });

  it("is one JSON document with --json, and notes stay on stderr", async ({ octet }) => {
    const output = join(folder, "json.safetensors");
    const { exitCode, stdout, stderr } = await octet.run(["quantize", file, "-o", output, "--json"]);
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(/^backend /);
    const report: QuantizeJson = JSON.parse(stdout);
    expect(report).toMatchObject({
      input: file,
      output,
      format: "compressed-tensors",
      granularity: "channel",
      bits: 8,
    });
    expect(report.layers.map(({ name }) => name).sort()).toEqual([up0, up1]);
    for (const layer of report.layers) {
      expect(layer).toEqual({
        name: expect.any(String),
        dtype: "float32",
        shape: expect.any(Array),
        granularity: "channel",
        bits: 8,
        maxAbsError: expect.any(Number),
        meanAbsError: expect.any(Number),
        relativeErrorPct: expect.any(Number),
        snrDb: expect.any(Number),
        bytesBefore: expect.any(Number),
        bytesAfter: expect.any(Number),
      });
    }
    expect(report.kept.map(({ name }) => name).sort()).toEqual(["lm_head.weight", "model.norm.weight"]);
    expect(report.totals).toMatchObject({ layers: 2, bytesBefore: 2204, checkpointBytesBefore: 2864 });
    expect(report.backend.rejected.map(({ name }) => name)).not.toContain(report.backend.name);
  });

  it("has null for an SNR without noise", async ({ octet }) => {
    const zeros = { ...randomTensor("x.weight", [4, 4], 9), data: new Uint8Array(64) };
    const path = await writeTensors(join(folder, "zeros.safetensors"), [zeros]);
    const args = ["quantize", path, "-o", join(folder, "zeros-int8.safetensors"), "--quiet"];
    const { stdout } = await octet.run([...args, "--json"]);
    const report: QuantizeJson = JSON.parse(stdout);
    expect([report.layers[0].snrDb, report.totals.snrDb]).toEqual([null, null]);
    const { stdout: table } = await octet.run(["quantize", path, "-o", join(folder, "zeros-table.safetensors")]);
    expect(table).toMatch(/^x .* ∞ +0 /m);
  });
});

describe("what it writes", () => {
  it("is packed for vLLM and transformers by default", async ({ octet }) => {
    const { written } = await quantize(octet, "default.safetensors");
    const packed = ["packed", "scale", "shape"].flatMap((part) => [up0, up1].map((layer) => `${layer}.weight_${part}`));
    expect(namesOf(written)).toEqual([...packed, "lm_head.weight", "model.norm.weight"].sort());
  });

  it("is plain codes with --format int8, in every granularity and width", async ({ octet }) => {
    const { written, ...report } = await quantize(
      octet,
      "int8.safetensors",
      "--format",
      "int8",
      "--granularity",
      "tensor",
      "--bits",
      "3",
    );
    expect(report).toMatchObject({ format: "int8", granularity: "tensor", bits: 3 });
    expect(written.tensors).toContainEqual(
      expect.objectContaining({ name: `${up0}.weight`, dtype: "I8", shape: [7, 33] }),
    );
    expect(written.tensors).toContainEqual(
      expect.objectContaining({ name: `${up0}.weight_scale`, dtype: "F32", shape: [1] }),
    );
  });

  it("has scales for groups with --granularity group:N", async ({ octet }) => {
    const { written, ...report } = await quantize(
      octet,
      "groups.safetensors",
      "--granularity",
      "group:32",
      "--only",
      "*.layers.1.*",
    );
    expect(report).toMatchObject({ granularity: "group:32" });
    expect(written.tensors).toContainEqual(expect.objectContaining({ name: `${up1}.weight_scale`, shape: [5, 2] }));
  });

  it("has 4 bits with --bits 4", async ({ octet }) => {
    const report = await quantize(octet, "int4.safetensors", "--bits", "4");
    expect(report).toMatchObject({ bits: 4 });
    expect(report.totals.snrDb).toBeLessThan(25);
  });

  it("leaves out what --skip says, instead of the default list", async ({ octet }) => {
    const { layers, kept } = await quantize(octet, "skip.safetensors", "--skip", "*.layers.0.*", "--skip", "nosuch");
    expect(layers.map(({ name }) => name).sort()).toEqual(["lm_head", up1]);
    expect(kept.map(({ name }) => name).sort()).toEqual([`${up0}.weight`, "model.norm.weight"]);
  });

  it("leaves nothing out with an empty --skip", async ({ octet }) => {
    const { layers } = await quantize(octet, "no-skip.safetensors", "--skip", "");
    expect(layers.map(({ name }) => name)).toContain("lm_head");
  });

  it("has nothing else quantized than what --only says", async ({ octet }) => {
    const { layers } = await quantize(octet, "only.safetensors", "--only", "*.layers.0.*", "--only", "lm_head");
    expect(layers.map(({ name }) => name)).toEqual([up0]);
  });

  it("is the same with the reference asked for by name, without a word about others", async ({ octet }) => {
    const { backend } = await quantize(octet, "reference.safetensors", "--backend", "reference");
    expect(backend).toEqual({ name: "reference", device: "JavaScript engine", features: [], rejected: [] });
    await quantize(octet, "auto.safetensors");
    const [one, other] = ["reference", "auto"].map((name) => readFile(join(folder, `${name}.safetensors`)));
    expect((await one).equals(await other)).toBe(true);
  });

  it.for(["the index", "the folder"])(
    "is a folder with config.json when the input is %s of a model",
    async (what, { octet }) => {
      const output = join(folder, what.replace(" ", "-"));
      const input = what === "the index" ? index : join(folder, "sharded");
      const { exitCode, stderr } = await octet.run(["quantize", input, "-o", output, "--quiet"]);
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
      const config = JSON.parse(await readFile(join(output, "config.json"), "utf8"));
      expect(config).toMatchObject({
        model_type: "llama",
        quantization_config: { quant_method: "compressed-tensors" },
      });
      expect((await inspect(octet, output)).totals.files).toBe(2);
    },
  );
});

describe("an output that exists", () => {
  it("is not replaced", async ({ octet }) => {
    const output = join(folder, "existing.safetensors");
    await writeFile(output, "precious");
    const { exitCode, stdout, stderr } = await octet.run(["quantize", file, "-o", output]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
    expect(stderr).toMatch(/octet: ERR_\w+: .*existing\.safetensors.*--force.*\n$/);
    expect(await readFile(output, "utf8")).toBe("precious");
  });

  it("is replaced with --force", async ({ octet }) => {
    await writeFile(join(folder, "replaced.safetensors"), "old");
    const { written } = await quantize(octet, "replaced.safetensors", "--force");
    expect(written.totals.tensors).toBe(8);
  });

  it("is never the input", async ({ octet }) => {
    const { exitCode, stderr } = await octet.run(["quantize", file, "-o", file, "--force", "--quiet"]);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^octet: ERR_\w+: .*\n$/);
    expect((await inspect(octet, file)).totals.tensors).toBe(4);
  });
});

describe("errors are one line and leave nothing behind", () => {
  const nan = randomTensor("model.layers.17.mlp.up_proj.weight", [4, 4], 6);
  new DataView(nan.data.buffer).setFloat32(20, Number.NaN, true);

  it.for([
    ["a NaN", "ERR_NON_FINITE", "model.layers.17.mlp.up_proj", [nan], []],
    [
      "a group that does not divide",
      "ERR_SHAPE",
      "model.layers.0.mlp.up_proj",
      modelTensors,
      ["--granularity", "group:32"],
    ],
    ["5 bits packed", "ERR_UNSUPPORTED", "--format int8", modelTensors, ["--bits", "5"]],
    ["a scale per tensor, packed", "ERR_UNSUPPORTED", "--format int8", modelTensors, ["--granularity", "tensor"]],
    [
      "a backend that is not installed",
      "ERR_UNAVAILABLE",
      "npm install @octet/cuda",
      modelTensors,
      ["--backend", "cuda"],
    ],
  ] as const)("%s", async ([what, code, says, tensors, flags], { octet }) => {
    const own = join(folder, what.replaceAll(" ", "-"));
    await mkdir(own);
    const input = await writeTensors(join(own, "input.safetensors"), tensors);
    const output = join(own, "output.safetensors");
    const { exitCode, stdout, stderr } = await octet.run(["quantize", input, "-o", output, "--quiet", ...flags]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
    expect(stderr).toMatch(new RegExp(`^octet: ${code}: .*\\n$`));
    expect(stderr).toContain(says);
    expect(await readdir(own)).toEqual(["input.safetensors"]);
  });

  it("an input that is quantized already", async ({ octet }) => {
    await quantize(octet, "once.safetensors");
    const args = ["quantize", join(folder, "once.safetensors"), "-o", join(folder, "twice.safetensors"), "--quiet"];
    const { exitCode, stderr } = await octet.run(args);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^octet: ERR_\w+: .*already.*\n$/);
  });

  it("an input that is not there", async ({ octet }) => {
    const { exitCode, stderr } = await octet.run([
      "quantize",
      join(folder, "nosuch"),
      "-o",
      join(folder, "out"),
      "--quiet",
    ]);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^octet: ERR_UNAVAILABLE: .*nosuch.*\(ENOENT\)\n$/);
  });
});

describe("a signal", () => {
  it.for([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("%s stops the work, which cleans up after itself", async ([signal, exitCode], { octet }) => {
    const own = join(folder, signal);
    await mkdir(own);
    const layers = Array.from({ length: 12 }, (_, layer) =>
      randomTensor(`layers.${layer}.weight`, [1024, 1024], layer),
    );
    const input = await writeTensors(join(own, "input.safetensors"), layers);
    const child = octet.start(["quantize", input, "-o", join(own, "output.safetensors")]);
    const watcher = watch(own);
    watcher.once("change", () => child.kill(signal)); // the temporary file appears: the work begins
    const outcome = await waitFor(child);
    watcher.close();
    expect(outcome).toMatchObject({ exitCode, stdout: "" });
    expect(outcome.stderr).toMatch(new RegExp(`octet: ERR_INTERRUPTED: stopped by ${signal}\\n$`));
    expect(await readdir(own)).toEqual(["input.safetensors"]);
  });
});
