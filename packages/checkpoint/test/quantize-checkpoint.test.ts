import { type KeptTensor, type QuantizationProgress, quantizeCheckpoint } from "@octet/checkpoint";
import { createReferenceBackend, OctetError } from "@octet/core";
import { encodeSafetensors, openSharded } from "@octet/safetensors";
import { expect, test } from "vitest";
import { MemoryFiles } from "./support/memory-files.ts";
import { expectRefusal } from "./support/refusal.ts";
import { createWeights, float32Tensor, storedTensor } from "./support/seeded-values.ts";

const backend = createReferenceBackend();
const seed = 5;

/** A small model with what real ones have: a head, embeddings, norms, biases, a router, integers. */
const model = [
  storedTensor("lm_head.weight", createWeights(seed, "bfloat16", [11, 8])),
  storedTensor("model.embed_tokens.weight", createWeights(seed + 1, "bfloat16", [11, 8])),
  storedTensor("model.layers.0.input_layernorm.weight", createWeights(seed + 2, "bfloat16", [8])),
  storedTensor("model.layers.0.mlp.gate.weight", createWeights(seed + 3, "bfloat16", [4, 8])),
  storedTensor("model.layers.0.mlp.gate_proj.weight", createWeights(seed + 4, "bfloat16", [12, 8])),
  storedTensor("model.layers.0.mlp.gate_proj.bias", createWeights(seed + 5, "bfloat16", [12])),
  storedTensor("model.layers.0.mlp.up_proj.weight", createWeights(seed + 6, "bfloat16", [12, 8])),
  storedTensor("model.layers.0.mlp.experts", createWeights(seed + 7, "bfloat16", [2, 3, 8])),
  { name: "model.position_ids", dtype: "I64" as const, shape: [3], data: new Uint8Array(24).fill(7) },
];

const kept: Readonly<Record<string, string>> = {
  "lm_head.weight": '"lm_head"',
  "model.embed_tokens.weight": '"*embed*"',
  "model.layers.0.input_layernorm.weight": "1-D",
  "model.layers.0.mlp.gate.weight": '"*.gate.weight"',
  "model.layers.0.mlp.gate_proj.bias": "1-D",
  "model.layers.0.mlp.experts": "3-D",
  "model.position_ids": "1-D",
};

test("a file: layers are quantized, everything else is the same byte for byte", async () => {
  const files = new MemoryFiles({ "in.safetensors": encodeSafetensors(model, { format: "np", author: "me" }) });
  const report = await quantizeCheckpoint(files.source("in.safetensors"), files.createSink, { backend });
  expect([...files.files.keys()]).toEqual(["in.safetensors", "model.safetensors"]);
  expect(report.layers.map(({ name }) => name)).toEqual(["model.layers.0.mlp.gate_proj", "model.layers.0.mlp.up_proj"]);
  expect(report.warnings).toEqual([]);

  const reader = await files.reader();
  for (const { name, data } of model) if (name in kept) expect(await reader.read(name)).toEqual(new Uint8Array(data));
  const reasons = new Map(report.kept.map(({ name, reason }: KeptTensor) => [name, reason]));
  expect([...reasons.keys()].sort()).toEqual(Object.keys(kept).sort());
  for (const [name, reason] of Object.entries(kept)) expect(reasons.get(name)).toContain(reason);
  expect([...reader.tensors.keys()].filter((name) => name.startsWith("model.layers.0.mlp.up_proj"))).toEqual([
    "model.layers.0.mlp.up_proj.weight_shape",
    "model.layers.0.mlp.up_proj.weight_scale",
    "model.layers.0.mlp.up_proj.weight_packed",
  ]);
  const tensorBytes = [...reader.tensors.values()].reduce((sum, { byteLength }) => sum + byteLength, 0);
  expect(report.totals).toMatchObject({
    layers: 2,
    bytesBefore: 2 * 12 * 8 * 2,
    bytesAfter: 2 * (12 * 8 + 12 * 4 + 16),
    checkpointBytesBefore: model.reduce((sum, { data }) => sum + data.byteLength, 0),
    checkpointBytesAfter: tensorBytes,
    maxAbsError: Math.max(...report.layers.map(({ maxAbsError }) => maxAbsError)),
  });
});

test("a file: its metadata says what was done, and what loaders read in config.json", async () => {
  const files = new MemoryFiles({ "in.safetensors": encodeSafetensors(model, { format: "np", author: "me" }) });
  const options = { backend, format: "int8", bits: 4, granularity: { kind: "group", size: 4 } } as const;
  await quantizeCheckpoint(files.source("in.safetensors"), files.createSink, options);
  const { metadata } = await files.reader();
  expect(metadata.get("format")).toBe("pt");
  expect(metadata.get("author")).toBe("me");
  expect(metadata.get("octet")).toBe(
    '{"version":1,"format":"int8","bits":4,"granularity":"group:4","convention":"absmax/7"}',
  );
  expect(JSON.parse(metadata.get("quantization_config") ?? "")).toEqual({
    quant_method: "compressed-tensors",
    format: "int-quantized",
    quantization_status: "compressed",
    config_groups: {
      group_0: {
        targets: ["Linear"],
        input_activations: null,
        output_activations: null,
        weights: { num_bits: 4, type: "int", symmetric: true, strategy: "group", group_size: 4, dynamic: false },
        format: "int-quantized",
      },
    },
    ignore: ["lm_head", "model.layers.0.mlp.gate"],
    kv_cache_scheme: null,
    global_compression_ratio: null,
  });
});

test("a folder: config.json is as it was, with the quantization_config that transformers and vLLM read", async () => {
  const config = '{\n  "model_type": "llama",\n  "rope_theta": 10000.0,\n  "eps": 1e-06\n}\n';
  const files = new MemoryFiles({ "model.safetensors": encodeSafetensors(model), "config.json": config });
  const output = new MemoryFiles();
  await quantizeCheckpoint(files.folder, output.createSink, { backend });
  expect([...output.files.keys()].sort()).toEqual(["config.json", "model.safetensors"]);
  expect(
    output.text("config.json").startsWith('{\n  "model_type": "llama",\n  "rope_theta": 10000.0,\n  "eps": 1e-06,\n'),
  ).toBe(true);
  expect(output.json("config.json").quantization_config).toEqual({
    quant_method: "compressed-tensors",
    format: "pack-quantized",
    quantization_status: "compressed",
    config_groups: {
      group_0: {
        targets: ["Linear"],
        input_activations: null,
        output_activations: null,
        weights: { num_bits: 8, type: "int", symmetric: true, strategy: "channel", dynamic: false },
      },
    },
    ignore: ["lm_head", "model.layers.0.mlp.gate"],
    kv_cache_scheme: null,
    global_compression_ratio: null,
  });
  const { metadata } = await output.reader();
  expect([...metadata.keys()].sort()).toEqual(["format", "octet"]);
});

const halves = (tensors: typeof model) => [tensors.slice(0, 4), tensors.slice(4)] as const;
const shardNames = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"] as const;

function shardedModel(): MemoryFiles {
  const [first, second] = halves(model);
  const weightMap = Object.fromEntries([
    ...first.map(({ name }) => [name, shardNames[0]]),
    ...second.map(({ name }) => [name, shardNames[1]]),
  ]);
  return new MemoryFiles({
    [shardNames[0]]: encodeSafetensors(first, { format: "pt" }),
    [shardNames[1]]: encodeSafetensors(second, { format: "pt" }),
    "model.safetensors.index.json": { metadata: { total_size: 1, total_parameters: 99 }, weight_map: weightMap },
    "config.json": "{}",
  });
}

test("a sharded folder: the same shards, a new index, and the same tensors as from one file", async () => {
  const output = new MemoryFiles();
  const report = await quantizeCheckpoint(shardedModel().folder, output.createSink, { backend });
  expect([...output.files.keys()]).toEqual([...shardNames, "model.safetensors.index.json", "config.json"]);
  const index = output.json("model.safetensors.index.json");
  expect(index.metadata).toEqual({ total_size: report.totals.checkpointBytesAfter, total_parameters: 99 });
  expect(index.weight_map["model.layers.0.mlp.gate_proj.weight_packed"]).toBe(shardNames[1]);
  expect(Object.keys(index.weight_map)).toEqual(Object.keys(index.weight_map).sort());

  const single = new MemoryFiles({ "model.safetensors": encodeSafetensors(model) });
  await quantizeCheckpoint(single.source(), single.createSink, { backend });
  const expected = await single.reader();
  const sharded = await openSharded(output.bytes("model.safetensors.index.json"), async (name) => output.source(name));
  expect([...sharded.tensors.keys()].sort()).toEqual([...expected.tensors.keys()].sort());
  for (const name of expected.tensors.keys()) expect(await sharded.read(name)).toEqual(await expected.read(name));
});

test("a folder without config.json gets one that holds the quantization_config alone", async () => {
  const files = new MemoryFiles({ "model.safetensors": encodeSafetensors(model) });
  await quantizeCheckpoint(files.folder, files.createSink, { backend });
  expect(Object.keys(files.json("config.json"))).toEqual(["quantization_config"]);
});

test("a NaN is refused with the tensor, its index in the tensor, and the count of the whole tensor", async () => {
  const values = new Array<number>(3 * 500_000).fill(1);
  for (const index of [1_200_001, 1_200_007, 1_499_999])
    values[index] = index === 1_200_007 ? Number.NEGATIVE_INFINITY : Number.NaN;
  const bad = float32Tensor("model.layers.17.mlp.up_proj.weight", [3, 500_000], values);
  const files = new MemoryFiles({ "in.safetensors": encodeSafetensors([...model, bad]) });
  const work = quantizeCheckpoint(files.source("in.safetensors"), files.createSink, { backend });
  await expectRefusal(work, "ERR_NON_FINITE", "model.layers.17.mlp.up_proj.weight", "element 1200001", "3 elements");
  expect([...files.files.keys()]).toEqual(["in.safetensors"]);
  expect(files.aborted).toEqual(["model.safetensors"]);
});

test("a sink that fails: its error comes out, it is told, and no other is made", async () => {
  const failure = new Error("no room");
  const made: string[] = [];
  let aborted: unknown;
  const work = quantizeCheckpoint(
    shardedModel().folder,
    (file) => {
      made.push(file);
      let writes = 0;
      const write = async (): Promise<void> => {
        if (writes++ === 2) throw failure;
      };
      const abort = async (reason: unknown): Promise<void> => {
        aborted = reason;
      };
      return { write, abort };
    },
    { backend },
  );
  await expect(work).rejects.toBe(failure);
  expect(made).toEqual([shardNames[0]]);
  expect(aborted).toBe(failure);
});

test("an abort in the middle stops the work with the signal's reason", async () => {
  const controller = new AbortController();
  const output = new MemoryFiles();
  const reason = new Error("enough");
  const work = quantizeCheckpoint(shardedModel().folder, output.createSink, {
    backend,
    signal: controller.signal,
    onProgress: ({ tensor }) => {
      if (tensor === "model.layers.0.mlp.up_proj.weight") controller.abort(reason);
    },
  });
  await expect(work).rejects.toBe(reason);
  expect([...output.files.keys()]).toEqual([shardNames[0]]);
  expect(output.aborted).toEqual([shardNames[1]]);
});

test("an abort before the start writes nothing", async () => {
  const output = new MemoryFiles();
  const work = quantizeCheckpoint(shardedModel().folder, output.createSink, { backend, signal: AbortSignal.abort() });
  await expect(work).rejects.toThrow(expect.objectContaining({ name: "AbortError" }));
  expect(output.aborted).toEqual([]);
});

test("progress rises to the total, and weights count for both passes", async () => {
  const seen: QuantizationProgress[] = [];
  const files = shardedModel();
  await quantizeCheckpoint(files.folder, new MemoryFiles().createSink, {
    backend,
    onProgress: (step) => seen.push(step),
  });
  const total = model.reduce((sum, { name, data }) => sum + data.byteLength * (name in kept ? 1 : 2), 0);
  expect(seen.at(-1)?.bytesDone).toBe(total);
  expect(seen.every(({ bytesTotal }) => bytesTotal === total)).toBe(true);
  expect(seen.map(({ bytesDone }) => bytesDone)).toEqual(seen.map(({ bytesDone }) => bytesDone).sort((a, b) => a - b));
});

test("leaves nothing on the backend", async () => {
  const used = createReferenceBackend();
  await quantizeCheckpoint(shardedModel().folder, new MemoryFiles().createSink, { backend: used });
  expect(used.memory()).toEqual({ tensors: 0, bytes: 0 });
});

test("a backend that cannot is refused before anything is written", async () => {
  const limited = Object.assign(Object.create(backend) as typeof backend, { supports: () => false });
  const output = new MemoryFiles();
  const work = quantizeCheckpoint(shardedModel().folder, output.createSink, { backend: limited });
  await expectRefusal(work, "ERR_UNSUPPORTED", "reference", "bfloat16");
  expect(output.files.size).toBe(0);
});

test("a quantized output is refused as an input", async () => {
  for (const format of ["compressed-tensors", "int8"] as const) {
    const files = shardedModel();
    const output = new MemoryFiles();
    await quantizeCheckpoint(files.folder, output.createSink, { backend, format });
    await expectRefusal(
      quantizeCheckpoint(output.folder, files.createSink, { backend }),
      "ERR_UNSUPPORTED",
      "config.json",
    );
    output.files.delete("config.json");
    await expectRefusal(quantizeCheckpoint(output.folder, files.createSink, { backend }), "ERR_UNSUPPORTED", "octet");
  }
});

test.each([
  ["no weights", {}, "ERR_UNAVAILABLE", "no model.safetensors"],
  [
    "a missing shard",
    { "model.safetensors.index.json": { metadata: {}, weight_map: { a: "gone.safetensors" } } },
    "ERR_UNAVAILABLE",
    "gone.safetensors",
  ],
  [
    "a config that is no JSON",
    { "config.json": "{", "model.safetensors": encodeSafetensors(model) },
    "ERR_FORMAT",
    "config.json",
  ],
  [
    "a config that is a list",
    { "config.json": "[]", "model.safetensors": encodeSafetensors(model) },
    "ERR_FORMAT",
    "config.json",
  ],
  [
    "a file that is no safetensors",
    { "model.safetensors": "junk, and quite a lot of it" },
    "ERR_FORMAT",
    "model.safetensors",
  ],
  ["an empty file", { "model.safetensors": encodeSafetensors([]) }, "ERR_UNSUPPORTED", "nothing to quantize"],
] as const)("a folder with %s is refused", async (_, content, code, named) => {
  const files = new MemoryFiles(content);
  const output = new MemoryFiles();
  await expectRefusal(quantizeCheckpoint(files.folder, output.createSink, { backend }), code, named);
  expect(output.files.size).toBe(0);
});

test("sources are closed, whether it works or not", async () => {
  for (const bad of [false, true]) {
    const files = shardedModel();
    const open = new Set<string>();
    const folder = {
      open: async (name: string) => {
        if (!files.files.has(name)) return null;
        const source = files.source(name);
        open.add(name);
        const close = async (): Promise<void> => {
          open.delete(name);
        };
        return { size: source.size, read: source.read.bind(source), close };
      },
    };
    const options = { backend, ...(bad && { granularity: { kind: "group", size: 3 } as const }) };
    const work = quantizeCheckpoint(folder, new MemoryFiles().createSink, options);
    await work.catch((error: unknown) => expect(OctetError.isInstance(error)).toBe(bad));
    expect(open).toEqual(new Set());
  }
});
