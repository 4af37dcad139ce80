import { type Checkpoint, openCheckpoint, quantizeCheckpoint } from "@octet/checkpoint";
import {
  createReferenceBackend,
  float32ToBfloat16,
  float32ToFloat16,
  hostTensor,
  quantizeSymmetric,
} from "@octet/core";
import { Linear, QuantizedLinear, Sequential } from "@octet/nn";
import { encodeSafetensors, type TensorData } from "@octet/safetensors";
import { describe, expect, test } from "vitest";
import { MemoryFiles } from "./support/memory-files.ts";
import { expectRefusal } from "./support/refusal.ts";
import { createWeights, float32Tensor, storedTensor } from "./support/seeded-values.ts";

const backend = createReferenceBackend();
const seed = 17;
const int64 = (name: string, ...values: number[]): TensorData => {
  return {
    name,
    dtype: "I64",
    shape: [values.length],
    data: new Uint8Array(BigInt64Array.from(values, BigInt).buffer),
  };
};
const int8 = (name: string, shape: readonly number[], values: readonly number[]): TensorData => {
  return { name, dtype: "I8", shape, data: new Uint8Array(Int8Array.from(values).buffer) };
};
const halves = (
  name: string,
  dtype: "F16" | "BF16",
  shape: readonly number[],
  values: readonly number[],
): TensorData => {
  const encode = dtype === "F16" ? float32ToFloat16 : float32ToBfloat16;
  return { name, dtype, shape, data: new Uint8Array(Uint16Array.from(values, encode).buffer) };
};
/** [2, 4] codes 1 2 3 4 | -1 -2 -3 -128 of 8 bits, packed. */
const packed: TensorData = {
  name: "l.weight_packed",
  dtype: "I32",
  shape: [2, 1],
  data: Uint8Array.of(0x81, 0x82, 0x83, 0x84, 0x7f, 0x7e, 0x7d, 0x00),
};
const codes = [1, 2, 3, 4, -1, -2, -3, -128];
const scale = float32Tensor("l.weight_scale", [2, 1], [0.5, 0.25]);
const shape = int64("l.weight_shape", 2, 4);

type Config = Record<string, unknown>;
function quantizationConfig(format: string, weights: Config = {}, group: Config = {}, rest: Config = {}): Config {
  const scheme = { num_bits: 8, type: "int", symmetric: true, strategy: "channel", dynamic: false, ...weights };
  const groups = {
    group_0: { targets: ["Linear"], input_activations: null, output_activations: null, weights: scheme, ...group },
  };
  return {
    quant_method: "compressed-tensors",
    format,
    quantization_status: "compressed",
    config_groups: groups,
    ...rest,
  };
}

/** Rows of 4 columns are too short to tell their bits by their width. */
const eightBits = { quantization_config: quantizationConfig("pack-quantized") };

async function open(
  tensors: readonly TensorData[],
  config?: Config,
  metadata: Record<string, string> = {},
): Promise<Checkpoint> {
  const files: Record<string, Uint8Array | object> = { "model.safetensors": encodeSafetensors(tensors, metadata) };
  if (config !== undefined) files["config.json"] = config;
  return openCheckpoint(new MemoryFiles(files).folder);
}

describe("files of other tools", () => {
  test("pack-quantized with a config", async () => {
    await using checkpoint = await open([packed, scale, shape], {
      quantization_config: quantizationConfig("pack-quantized"),
    });
    const channel = { kind: "channel", dim: 0 };
    expect(checkpoint.quantization).toEqual({
      format: "compressed-tensors",
      bits: 8,
      granularity: channel,
      activations: "float",
    });
    expect(await checkpoint.stateDict()).toEqual(
      new Map<string, unknown>([
        ["l.weight", hostTensor("int8", [2, 4], Int8Array.from(codes))],
        ["l.weight_scale", hostTensor("float32", [2, 1], Float32Array.of(0.5, 0.25))],
      ]),
    );
  });

  test("without any config: the names and the shapes tell", async () => {
    // 8 bits would take 8 words a row.
    const four = { ...packed, shape: [2, 4], data: new Uint8Array(32).fill(0x98) };
    await using checkpoint = await open([four, scale, int64("l.weight_shape", 2, 32)]);
    expect(checkpoint.quantization).toMatchObject({ format: "compressed-tensors", bits: 4 });
    expect([...new Set((await checkpoint.tensor("l.weight")).data)]).toEqual([0, 1]);
  });

  test("a width that nothing tells is refused", async () => {
    await expectRefusal(open([packed, scale, int64("l.weight_shape", 2, 1)]), "ERR_FORMAT", '"l"', "bits");
  });

  test("a config in the metadata of a single file, an old one, and one of the text part", async () => {
    const config = quantizationConfig("pack-quantized", { num_bits: 4 });
    const tensors = [packed, scale, shape];
    // Codes of 4 bits would need one word as well, so only the config tells them from 8.
    for (const [file, metadata] of [
      [undefined, { quantization_config: JSON.stringify(config) }],
      [{ compression_config: config }, {}],
      [{ text_config: { quantization_config: config } }, {}],
    ] as const) {
      await using checkpoint = await open(tensors, file, metadata);
      expect(checkpoint.quantization?.bits).toBe(4);
    }
  });

  test.each(["int-quantized", "naive-quantized"])("%s with dynamic activations", async (format) => {
    const activations = { num_bits: 8, type: "int", symmetric: true, strategy: "token", dynamic: true };
    const config = quantizationConfig(format, {}, { input_activations: activations });
    await using checkpoint = await open([int8("l.weight", [2, 4], codes), scale], { quantization_config: config });
    expect(checkpoint.quantization).toMatchObject({ format: "int8", activations: "int8" });
    expect((await checkpoint.tensor("l.weight")).data).toEqual(Int8Array.from(codes));
  });

  test("activations of another kind are named so", async () => {
    const config = quantizationConfig("int-quantized", {}, { input_activations: { num_bits: 8, dynamic: false } });
    await using checkpoint = await open([int8("l.weight", [2, 4], codes), scale], { quantization_config: config });
    expect(checkpoint.quantization?.activations).toBe("other");
  });

  test.each(["F16", "BF16"] as const)("scales of %s are widened", async (dtype) => {
    await using checkpoint = await open(
      [packed, halves("l.weight_scale", dtype, [2, 1], [0.5, 0.25]), shape],
      eightBits,
    );
    expect(await checkpoint.tensor("l.weight_scale")).toEqual(
      hostTensor("float32", [2, 1], Float32Array.of(0.5, 0.25)),
    );
  });

  test("a weight_shape of int32", async () => {
    const small = {
      name: "l.weight_shape",
      dtype: "I32",
      shape: [2],
      data: new Uint8Array(Int32Array.of(2, 4).buffer),
    } as const;
    await using checkpoint = await open([packed, scale, small], eightBits);
    expect(checkpoint.layers.get("l")?.shape).toEqual([2, 4]);
  });

  test("scales per tensor, of rank 0 or 1", async () => {
    for (const shape of [[], [1]]) {
      await using checkpoint = await open([
        int8("l.weight", [2, 4], codes),
        float32Tensor("l.weight_scale", shape, [0.5]),
      ]);
      expect(checkpoint.quantization?.granularity).toEqual({ kind: "tensor" });
      expect((await checkpoint.tensor("l.weight_scale")).shape).toEqual([1]);
    }
  });

  test("one group as long as a row is what the config calls it", async () => {
    const config = quantizationConfig("pack-quantized", { strategy: "group", group_size: 4 });
    await using checkpoint = await open([packed, scale, shape], { quantization_config: config });
    expect(checkpoint.quantization?.granularity).toEqual({ kind: "group", size: 4 });
  });

  test("layers that differ: no single width or granularity", async () => {
    const other = [int8("m.weight", [1, 4], [1, 2, 3, 4]), float32Tensor("m.weight_scale", [1, 2], [1, 1])];
    await using checkpoint = await open([int8("l.weight", [2, 4], codes), scale, ...other]);
    expect(checkpoint.quantization).toMatchObject({ bits: 8, granularity: null });
    expect(checkpoint.layers.get("m")?.granularity).toEqual({ kind: "group", size: 2 });
  });
});

describe("what is not understood is refused", () => {
  const file = [packed, scale, shape];
  test.each<[string, Config]>([
    ["another method", { quant_method: "gptq", bits: 4 }],
    ["no method", {}],
    ["another format", quantizationConfig("marlin-24")],
    ["another format in a group", quantizationConfig("pack-quantized", {}, { format: "float-quantized" })],
    ["asymmetric weights", quantizationConfig("pack-quantized", { symmetric: false })],
    ["float weights", quantizationConfig("pack-quantized", { type: "float" })],
    ["blocks", quantizationConfig("pack-quantized", { strategy: "block" })],
    ["reordered columns", quantizationConfig("pack-quantized", { actorder: "group" })],
    ["16 bits", quantizationConfig("pack-quantized", { num_bits: 16 })],
    ["no group size", quantizationConfig("pack-quantized", { strategy: "group" })],
    ["no groups", quantizationConfig("pack-quantized", {}, {}, { config_groups: {} })],
    ["no weights", quantizationConfig("pack-quantized", {}, { weights: null })],
    ["sparsity", quantizationConfig("pack-quantized", {}, {}, { sparsity_config: { format: "sparse-24-bitmask" } })],
    ["transforms", quantizationConfig("pack-quantized", {}, {}, { transform_config: { config_groups: {} } })],
  ])("%s in the config", async (_, config) => {
    await expectRefusal(open(file, { quantization_config: config }), "ERR_FORMAT", "quantization_config");
  });

  test("empty and harmless members of the config are not minded", async () => {
    const rest = {
      version: "0.12",
      sparsity_config: {},
      transform_config: {},
      ignore: ["lm_head"],
      kv_cache_scheme: null,
    };
    const config = quantizationConfig(
      "pack-quantized",
      { actorder: null, observer: "minmax", block_structure: null },
      {},
      rest,
    );
    await using checkpoint = await open(file, { quantization_config: config });
    expect(checkpoint.layers.size).toBe(1);
  });

  test.each<[string, readonly TensorData[], string]>([
    ["a zero point", [...file, int8("l.weight_zero_point", [2, 1], [0, 0])], "l.weight_zero_point"],
    ["an order of columns", [...file, int64("l.weight_g_idx", 0, 0, 0, 0)], "l.weight_g_idx"],
    ["codes of GPTQ", [int64("l.qweight", 0)], "l.qweight"],
    ["no scale", [packed, shape], "l.weight_scale"],
    ["no shape", [packed, scale], "l.weight_shape"],
    ["int8 without a scale", [int8("l.weight", [2, 4], codes)], "l.weight_scale"],
    ["a scale without codes", [scale], "l.weight_scale"],
    ["both codes and floats", [...file, float32Tensor("l.weight", [1], [0])], "l.weight"],
    ["packed words of another type", [{ ...packed, dtype: "F32" }, scale, shape], "l.weight_packed"],
    ["packed words of another width", [packed, scale, int64("l.weight_shape", 2, 40)], "l.weight_packed"],
    ["packed words of other rows", [packed, scale, int64("l.weight_shape", 3, 4)], "l.weight_packed"],
    ["a shape of floats", [packed, scale, float32Tensor("l.weight_shape", [2], [2, 4])], "l.weight_shape"],
    ["a negative shape", [packed, scale, int64("l.weight_shape", -2, 4)], "l.weight_shape"],
    ["integer scales", [packed, int64("l.weight_scale", 1), shape], "l.weight_scale"],
    ["scales of rank 1", [packed, float32Tensor("l.weight_scale", [2], [1, 1]), shape], "l.weight_scale"],
    ["scales of other rows", [packed, float32Tensor("l.weight_scale", [3, 1], [1, 1, 1]), shape], "l.weight_scale"],
    [
      "groups that do not fit",
      [packed, float32Tensor("l.weight_scale", [2, 3], [1, 1, 1, 1, 1, 1]), shape],
      "l.weight_scale",
    ],
  ])("%s among the tensors", async (_, tensors, named) => {
    await expectRefusal(open(tensors, eightBits), "ERR_FORMAT", named);
  });

  test("groups of another size than the config says, though they divide the row", async () => {
    const config = quantizationConfig("pack-quantized", { strategy: "group", group_size: 3 });
    const groups = float32Tensor("l.weight_scale", [2, 2], [1, 1, 1, 1]);
    await expectRefusal(open([packed, groups, shape], { quantization_config: config }), "ERR_FORMAT", '"l"');
  });

  test("a config that says quantized over float tensors", async () => {
    const floats = [float32Tensor("l.weight", [1, 1], [1])];
    await expectRefusal(
      open(floats, { quantization_config: quantizationConfig("pack-quantized") }),
      "ERR_FORMAT",
      "no codes",
    );
  });

  test("metadata of a later version of Octet, and damaged metadata", async () => {
    for (const octet of ['{"version":2,"bits":8}', '{"version":1}', "{"]) {
      await expectRefusal(open(file, undefined, { octet }), "ERR_FORMAT", "octet");
    }
  });

  test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])("a scale of %d, when it is read", async (value) => {
    await using checkpoint = await open(
      [packed, float32Tensor("l.weight_scale", [2, 1], [1, value]), shape],
      eightBits,
    );
    await expectRefusal(checkpoint.stateDict(), "ERR_FORMAT", "l.weight_scale", "scale 1");
  });

  test("a code that its bits cannot hold, when it is read", async () => {
    const config = quantizationConfig("int-quantized", { num_bits: 4 });
    await using checkpoint = await open([int8("l.weight", [2, 4], codes), scale], { quantization_config: config });
    await expectRefusal(checkpoint.tensor("l.weight"), "ERR_FORMAT", "l.weight", "code 7");
  });
});

describe("a float checkpoint", () => {
  const tensors = [
    storedTensor("a.weight", createWeights(seed, "float32", [3, 5])),
    storedTensor("a.bias", createWeights(seed + 1, "float16", [3])),
    storedTensor("b.weight", createWeights(seed + 2, "bfloat16", [])),
    { name: "n", dtype: "I32", shape: [2], data: new Uint8Array(Int32Array.of(1, -1).buffer) } as const,
    { name: "s", dtype: "I16", shape: [2], data: new Uint8Array(Int16Array.of(1, -1).buffer) } as const,
    { name: "u", dtype: "U16", shape: [2], data: new Uint8Array(Uint16Array.of(1, 65535).buffer) } as const,
    int64("position_ids", 0, 1),
  ];

  test("is its own state dict", async () => {
    await using checkpoint = await open(tensors, { model_type: "x" });
    expect(checkpoint.quantization).toBe(null);
    expect(checkpoint.config).toEqual({ model_type: "x" });
    const state = await checkpoint.stateDict();
    expect([...state.keys()].sort()).toEqual(["a.bias", "a.weight", "b.weight", "n", "s", "u"]);
    expect(state.get("a.weight")).toEqual(createWeights(seed, "float32", [3, 5]));
    expect(state.get("b.weight")).toEqual(createWeights(seed + 2, "bfloat16", []));
    expect(state.get("n")).toEqual(hostTensor("int32", [2], Int32Array.of(1, -1)));
    expect(state.get("s")).toEqual(hostTensor("int16", [2], Int16Array.of(1, -1)));
    expect(state.get("u")).toEqual(hostTensor("uint16", [2], Uint16Array.of(1, 65535)));
    expect(checkpoint.entries.get("a.bias")).toEqual({ key: "a.bias", dtype: "float16", shape: [3] });
  });

  test("names what no tensor can hold", async () => {
    await using checkpoint = await open(tensors);
    expect(checkpoint.unreadable).toEqual(new Map([["position_ids", "int64"]]));
    await expectRefusal(checkpoint.tensor("position_ids"), "ERR_DTYPE", "position_ids", "int64");
    await expectRefusal(checkpoint.tensor("c"), "ERR_FORMAT", '"c"');
  });

  test("is read in parts by prefix, and not at all once closed", async () => {
    const checkpoint = await open(tensors);
    expect([...(await checkpoint.stateDict({ prefix: "a." })).keys()].sort()).toEqual(["a.bias", "a.weight"]);
    await checkpoint.close();
    await checkpoint.close();
    await expectRefusal(checkpoint.tensor("a.weight"), "ERR_DISPOSED");
  });
});

describe("with nn", () => {
  test.each(["compressed-tensors", "int8"] as const)(
    `loads into a quantized model, seed ${seed}: %s`,
    async (format) => {
      const weight = createWeights(seed, "float32", [6, 10]);
      const bias = createWeights(seed + 1, "float32", [6]);
      const files = new MemoryFiles({
        "model.safetensors": encodeSafetensors([storedTensor("0.weight", weight), storedTensor("0.bias", bias)]),
      });
      await quantizeCheckpoint(files.source(), files.createSink, { backend, format });
      await using checkpoint = await files.openCheckpoint();
      using model = new Sequential(new QuantizedLinear(10, 6, { bias: true, backend }));
      await model.loadStateDict(await checkpoint.stateDict());
      const expected = quantizeSymmetric(weight, { dim: 0 });
      expect((await model.stateDict()).get("0.weight")?.data).toEqual(expected.quantized.data);
    },
  );

  test("a float checkpoint loads into a float model", async () => {
    const weight = createWeights(seed, "float32", [6, 10]);
    await using checkpoint = await open([storedTensor("0.weight", weight)]);
    using model = new Sequential(new Linear(10, 6, { bias: false, backend }));
    await model.loadStateDict(await checkpoint.stateDict());
    expect((await model.stateDict()).get("0.weight")?.data).toEqual(weight.data);
  });
});
