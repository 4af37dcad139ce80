import {
  type CheckpointFormat,
  compareCheckpoints,
  type QuantizationProgress,
  quantizeCheckpoint,
} from "@octet/checkpoint";
import { createReferenceBackend, type FloatDType, type Granularity } from "@octet/core";
import { encodeSafetensors, type TensorData } from "@octet/safetensors";
import { describe, expect, test } from "vitest";
import { MemoryFiles } from "./support/memory-files.ts";
import { expectRefusal } from "./support/refusal.ts";
import { createWeights, float32Tensor, storedTensor } from "./support/seeded-values.ts";

const backend = createReferenceBackend();
const seed = 43;
const dtypes: readonly FloatDType[] = ["float32", "float16", "bfloat16"];

const model = [
  ...dtypes.map((dtype, i) => storedTensor(`${i}.weight`, createWeights(seed + i, dtype, [9, 12]))),
  storedTensor("0.bias", createWeights(seed + 3, "float32", [9])),
  storedTensor("lm_head.weight", createWeights(seed + 4, "float16", [5, 12])),
];

const schemes: readonly (readonly [CheckpointFormat, Granularity, number])[] = [
  ["compressed-tensors", { kind: "channel", dim: 0 }, 8],
  ["compressed-tensors", { kind: "group", size: 3 }, 4],
  ["int8", { kind: "tensor" }, 8],
  ["int8", { kind: "group", size: 12 }, 5],
];

async function quantized(
  tensors: readonly TensorData[],
  [format, granularity, bits] = schemes[0],
): Promise<{ files: MemoryFiles; report: Awaited<ReturnType<typeof quantizeCheckpoint>> }> {
  const files = new MemoryFiles({ "in.safetensors": encodeSafetensors(tensors) });
  const options = { backend, format, granularity, bits };
  return { files, report: await quantizeCheckpoint(files.source("in.safetensors"), files.createSink, options) };
}

test.each(schemes)(`says what quantize said: %s %o %i bits, seed ${seed}`, async (...scheme) => {
  const { files, report } = await quantized(model, scheme);
  const seen: QuantizationProgress[] = [];
  const compared = await compareCheckpoints(files.source("in.safetensors"), files.source(), {
    onProgress: (step) => seen.push(step),
  });
  expect(compared).toEqual({
    ...report,
    kept: expect.arrayContaining(report.kept.map((kept) => ({ ...kept, reason: expect.any(String) }))),
    layers: expect.arrayContaining([...report.layers]),
    warnings: [],
  });
  expect(seen.at(-1)?.bytesDone).toBe(seen.at(-1)?.bytesTotal);
});

test("a folder with its config, against a file", async () => {
  const files = new MemoryFiles({ "model.safetensors": encodeSafetensors(model), "config.json": "{}" });
  const output = new MemoryFiles();
  const report = await quantizeCheckpoint(files.folder, output.createSink, { backend });
  const compared = await compareCheckpoints(files.source(), output.folder);
  expect(compared.totals).toEqual(report.totals);
});

test("what is not quantized and differs is a warning", async () => {
  const { files } = await quantized(model);
  const changed = model.map((tensor) => {
    if (tensor.name !== "0.bias") return tensor;
    return { ...tensor, data: Uint8Array.from(tensor.data, (byte, i) => (i === 35 ? byte ^ 1 : byte)) };
  });
  const original = new MemoryFiles({
    "model.safetensors": encodeSafetensors([
      ...changed.filter(({ name }) => name !== "lm_head.weight"),
      float32Tensor("extra", [1], [0]),
    ]),
  });
  const { warnings } = await compareCheckpoints(original.source(), files.source());
  expect(warnings).toEqual([
    expect.stringMatching(/0\.bias.*not the same/),
    expect.stringMatching(/lm_head\.weight.*not in the original/),
    expect.stringMatching(/extra.*original only/),
  ]);
});

test("the same bytes of another dtype are a warning, and so is a difference before the last piece", async () => {
  const long = { name: "long", dtype: "U8" as const, shape: [2 ** 20 + 1], data: new Uint8Array(2 ** 20 + 1) };
  const half = { name: "half", dtype: "F16" as const, shape: [1], data: new Uint8Array(2) };
  const { files } = await quantized([...model, long, half]);
  const data = Uint8Array.from(long.data, (byte, i) => (i === 5 ? 1 : byte));
  const original = encodeSafetensors([...model, { ...long, data }, { ...half, dtype: "BF16" }]);
  const { warnings } = await compareCheckpoints(new MemoryFiles({ original }).source("original"), files.source());
  expect(warnings).toEqual([expect.stringMatching(/and 1 more: .*not the same/)]);
});

test("weights of zeros lose nothing, in all layers together either", async () => {
  const { report } = await quantized([float32Tensor("a.weight", [2, 4], new Array<number>(8).fill(0))]);
  expect(report.totals.snrDb).toBe(Number.POSITIVE_INFINITY);
});

test("a file of another tool that divides by 127.5", async () => {
  const original = encodeSafetensors([float32Tensor("a.weight", [1, 4], [1, -0.5, 0.25, 0])]);
  const scale = Math.fround(1 / 127.5);
  const other = encodeSafetensors([
    { name: "a.weight", dtype: "I8", shape: [1, 4], data: new Uint8Array(Int8Array.of(127, -64, 32, 0).buffer) },
    float32Tensor("a.weight_scale", [1, 1], [scale]),
  ]);
  const files = new MemoryFiles({ original, other });
  const { layers, totals } = await compareCheckpoints(files.source("original"), files.source("other"));
  expect(layers[0].maxAbsError).toBe(1 - 127 * scale);
  expect(totals.layers).toBe(1);
});

describe("refuses", () => {
  const file = (...tensors: TensorData[]) =>
    new MemoryFiles({ "model.safetensors": encodeSafetensors(tensors) }).source();

  test("a float checkpoint in the second place, and a quantized one in the first", async () => {
    const { files } = await quantized(model);
    await expectRefusal(compareCheckpoints(file(...model), file(...model)), "ERR_FORMAT", "not quantized");
    await expectRefusal(compareCheckpoints(files.source(), files.source()), "ERR_UNSUPPORTED", "original");
  });

  test("an original without a layer, or with another shape of it, naming the layer", async () => {
    const { files } = await quantized(model);
    await expectRefusal(compareCheckpoints(file(...model.slice(1)), files.source()), "ERR_FORMAT", "0.weight");
    const other = storedTensor("0.weight", createWeights(seed, "float32", [12, 9]));
    const work = compareCheckpoints(file(other, ...model.slice(1)), files.source());
    await expectRefusal(work, "ERR_SHAPE", '"0"', "[12, 9]", "[9, 12]");
  });

  test("an original with a NaN", async () => {
    const { files } = await quantized(model);
    const other = float32Tensor("0.weight", [9, 12], new Array<number>(108).fill(Number.NaN));
    await expectRefusal(
      compareCheckpoints(file(other, ...model.slice(1)), files.source()),
      "ERR_NON_FINITE",
      "0.weight",
    );
  });

  test("when the signal says so", async () => {
    const { files } = await quantized(model);
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(compareCheckpoints(file(...model), files.source(), { signal })).rejects.toThrow("enough");
  });
});
