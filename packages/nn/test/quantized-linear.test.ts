import {
  createReferenceBackend,
  linear as exactLinear,
  type FloatDType,
  type Granularity,
  type LinearActivations,
  quantize,
} from "@octet/core";
import { Linear, QuantizedLinear } from "@octet/nn";
import { describe, expect, test } from "vitest";
import { createLazyBackend } from "./lazy-backend.ts";
import { float32, randomTensor } from "./random.ts";
import { rejection } from "./rejection.ts";

const channel: Granularity = { kind: "channel", dim: 0 };

describe.each<[LinearActivations, Granularity, number]>([
  ["float", channel, 8],
  ["float", { kind: "tensor" }, 5],
  ["float", { kind: "group", size: 3 }, 4],
  ["int16", channel, 8],
  ["int16", { kind: "tensor" }, 2],
  ["int8", { kind: "channel", dim: -2 }, 8],
  ["int8", { kind: "tensor" }, 7],
])("%s activations, %j, %i bits", (activations, granularity, bits) => {
  test.each<[number, number, number, FloatDType]>([
    [1, 1, 3, "float32"],
    [7, 33, 33, "bfloat16"],
    [3, 7, 9, "float16"],
    [0, 7, 33, "float32"],
    [7, 0, 33, "float32"],
    [7, 33, 0, "float32"],
  ])("m=%i n=%i k=%i, %s weights: core's linear on the same codes, bit for bit [seed 30]", async (m, n, k, dtype) => {
    using backend = createReferenceBackend();
    const weight = randomTensor(30, [n, k], dtype);
    const bias = randomTensor(31, [n], "bfloat16");
    const x = randomTensor(32, [m, k], "float32");
    {
      using layer = new QuantizedLinear(k, n, { backend, bias: true, activations, bits, granularity });
      await layer.quantizeWeights(weight, bias);
      using input = backend.upload(x);
      using output = layer.forward(input);
      const codes = quantize(weight, { granularity, bits });
      expect(await backend.download(output)).toEqual(exactLinear(x, codes, { bias, activations }));
      expect(await backend.download(layer.weight.tensor)).toEqual(codes);
    }
    expect(backend.memory()).toEqual({ tensors: 0, bytes: 0 });
  });
});

test("the defaults are those of the original: no bias, 8 bits, a scale per output feature, float activations", () => {
  using backend = createReferenceBackend();
  using layer = new QuantizedLinear(7, 3, { backend });
  const { bias, bits, granularity, activations, quantized } = layer;
  expect({ bias, bits, granularity, activations, quantized }).toEqual({
    bias: null,
    bits: 8,
    granularity: channel,
    activations: "float",
    quantized: false,
  });
});

test("forward and stateDict before weights are there: ERR_NOT_QUANTIZED [seed 33]", async () => {
  using backend = createReferenceBackend();
  using layer = new QuantizedLinear(7, 3, { backend });
  using x = backend.upload(randomTensor(33, [1, 7], "float32"));
  await rejection(() => layer.forward(x), "ERR_NOT_QUANTIZED");
  expect((await rejection(() => layer.stateDict(), "ERR_NOT_QUANTIZED")).message).toContain('"weight"');
  await layer.quantizeWeights(randomTensor(34, [3, 7], "float32"));
  expect(layer.quantized).toBe(true);
  layer.forward(x).dispose();
});

test("weights from the device are read and stay the caller's [seed 35]", async () => {
  using backend = createReferenceBackend();
  const [weight, bias] = [randomTensor(35, [3, 7], "bfloat16"), randomTensor(36, [3], "float16")];
  using layer = new QuantizedLinear(7, 3, { backend, bias: true });
  using deviceWeight = backend.upload(weight);
  using deviceBias = backend.upload(bias);
  await layer.quantizeWeights(deviceWeight, deviceBias);
  expect([deviceWeight.disposed, deviceBias.disposed]).toEqual([false, false]);
  deviceWeight.dispose();
  deviceBias.dispose();
  expect(await backend.download(layer.weight.tensor)).toEqual(quantize(weight, { granularity: channel }));
  expect((await layer.stateDict()).get("bias")).toEqual(bias);
  expect(backend.memory().tensors).toBe(2);
});

describe.each([
  ["at the call", createReferenceBackend],
  ["at the next sync", createLazyBackend],
])("a NaN that the device reports %s", (_, createBackend) => {
  test("rejects quantizeWeights, which leaves the layer as it was [seed 37]", async () => {
    using backend = createBackend();
    const bad = float32(
      [3, 7],
      Array.from({ length: 21 }, (_value, index) => (index === 20 ? Number.NaN : 1)),
    );
    using fresh = new QuantizedLinear(7, 3, { backend });
    await rejection(() => fresh.quantizeWeights(bad), "ERR_NON_FINITE");
    expect(fresh.quantized).toBe(false);
    expect(backend.memory().tensors).toBe(0);
    const good = randomTensor(37, [3, 7], "float32");
    await fresh.quantizeWeights(good);
    await rejection(() => fresh.quantizeWeights(bad), "ERR_NON_FINITE");
    expect(await backend.download(fresh.weight.tensor)).toEqual(quantize(good, { granularity: channel }));
    expect(backend.memory().tensors).toBe(1);
  });

  test("rejects fromLinear", async () => {
    using backend = createBackend();
    using linear = new Linear(1, 2, { backend, bias: false });
    await linear.setWeights(float32([2, 1], [1, Number.POSITIVE_INFINITY]));
    await rejection(() => QuantizedLinear.fromLinear(linear), "ERR_NON_FINITE");
    expect(backend.memory().tensors).toBe(1);
  });
});

test("a layer that is disposed while it is being quantized keeps nothing [seed 38]", async () => {
  using backend = createReferenceBackend();
  const layer = new QuantizedLinear(7, 3, { backend });
  const quantizing = layer.quantizeWeights(randomTensor(38, [3, 7], "float32"));
  layer.dispose();
  await rejection(() => quantizing, "ERR_DISPOSED");
  expect(backend.memory().tensors).toBe(0);
});

test("what it refuses leaks nothing [seed 39]", async () => {
  using backend = createReferenceBackend();
  using other = createReferenceBackend();
  const [weight, bias] = [randomTensor(39, [3, 7], "float32"), randomTensor(40, [3], "float32")];
  using plain = new QuantizedLinear(7, 3, { backend });
  using biased = new QuantizedLinear(7, 3, { backend, bias: true });
  using foreign = other.upload(weight);
  using foreignBias = other.upload(bias);
  await rejection(() => plain.quantizeWeights(weight, bias), "ERR_SHAPE");
  await rejection(() => biased.quantizeWeights(weight), "ERR_SHAPE");
  await rejection(() => biased.quantizeWeights(weight, weight), "ERR_SHAPE");
  await rejection(() => plain.quantizeWeights(bias), "ERR_SHAPE");
  await rejection(() => plain.quantizeWeights({ ...weight, dtype: "int32" } as never), "ERR_DTYPE");
  await rejection(() => plain.quantizeWeights(foreign), "ERR_FOREIGN_TENSOR");
  await rejection(() => biased.quantizeWeights(weight, foreignBias), "ERR_FOREIGN_TENSOR");
  expect(backend.memory().tensors).toBe(0);
});

test.each([
  [7, 3, { granularity: { kind: "channel", dim: 1 } }, "ERR_UNSUPPORTED"],
  [7, 3, { granularity: { kind: "channel", dim: 2 } }, "ERR_SHAPE"],
  [7, 3, { granularity: { kind: "group", size: 2 } }, "ERR_SHAPE"],
  [6, 3, { granularity: { kind: "group", size: 2 }, activations: "int8" }, "ERR_UNSUPPORTED"],
  [131072, 3, { activations: "int16" }, "ERR_SHAPE"],
  [7, 3, { bits: 9 }, "ERR_UNSUPPORTED"],
  [7, 3, { activations: "int4" }, "ERR_UNSUPPORTED"],
  [7, -1, {}, "ERR_SHAPE"],
] as const)("QuantizedLinear(%i, %i, %j) is %s", async (inFeatures, outFeatures, options, code) => {
  using backend = createReferenceBackend();
  await rejection(() => new QuantizedLinear(inFeatures, outFeatures, { backend, ...options } as never), code);
});

test("exact activations refuse a NaN in x; float ones let it through [seed 41]", async () => {
  using backend = createReferenceBackend();
  using x = backend.upload(float32([1, 1], [Number.NaN]));
  for (const activations of ["int8", "int16"] as const) {
    using layer = new QuantizedLinear(1, 1, { backend, activations });
    await layer.quantizeWeights(float32([1, 1], [1]));
    await rejection(() => layer.forward(x), "ERR_NON_FINITE");
  }
  using layer = new QuantizedLinear(1, 1, { backend });
  await layer.quantizeWeights(float32([1, 1], [1]));
  using y = layer.forward(x);
  expect((await backend.download(y)).data).toEqual(new Float32Array([Number.NaN]));
});

describe("fromLinear", () => {
  test("copies a Linear with its bias, and leaves it as it is [seed 42]", async () => {
    using backend = createReferenceBackend();
    const [weight, bias] = [randomTensor(42, [3, 7], "float16"), randomTensor(43, [3], "float16")];
    using linear = new Linear(7, 3, { backend });
    await linear.setWeights(weight, bias);
    const options = { bits: 4, activations: "int16", granularity: { kind: "tensor" } } as const;
    using layer = await QuantizedLinear.fromLinear(linear, options);
    expect(await linear.stateDict()).toEqual(new Map(Object.entries({ weight, bias })));
    linear.dispose();
    expect(await backend.download(layer.weight.tensor)).toEqual(
      quantize(weight, { granularity: { kind: "tensor" }, bits: 4 }),
    );
    expect((await layer.stateDict()).get("bias")).toEqual(bias);
    expect([layer.inFeatures, layer.outFeatures, layer.activations]).toEqual([7, 3, "int16"]);
  });

  test.each([true, false])("moves to another backend when told to, bias: %j [seed 44]", async (bias) => {
    using backend = createReferenceBackend();
    using target = createReferenceBackend();
    using linear = new Linear(7, 3, { backend, bias });
    await linear.setWeights(randomTensor(44, [3, 7], "float32"), bias ? randomTensor(45, [3], "float32") : null);
    using layer = await QuantizedLinear.fromLinear(linear, { backend: target });
    using x = target.upload(randomTensor(46, [1, 7], "float32"));
    layer.forward(x).dispose();
    expect(target.memory().tensors).toBe(bias ? 3 : 2);
  });

  test("refuses a Linear without weights", async () => {
    using backend = createReferenceBackend();
    using linear = new Linear(7, 3, { backend });
    await rejection(() => QuantizedLinear.fromLinear(linear), "ERR_UNAVAILABLE");
  });
});
