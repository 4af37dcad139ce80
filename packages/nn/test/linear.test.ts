import { createReferenceBackend, linear as exactLinear, type FloatDType, widen } from "@octet/core";
import { Linear, QuantizedLinear } from "@octet/nn";
import { describe, expect, test } from "vitest";
import { createLazyBackend } from "./lazy-backend.ts";
import { float32, randomTensor } from "./random.ts";
import { rejection } from "./rejection.ts";

describe.each<FloatDType>(["float32", "float16", "bfloat16"])("with %s weights", (dtype) => {
  test.each([
    [1, 1, 1],
    [3, 7, 33],
    [33, 1, 7],
    [0, 7, 33],
    [7, 0, 33],
    [7, 33, 0],
  ])("m=%i n=%i k=%i is core's linear, bit for bit [seed 3]", async (m, n, k) => {
    using backend = createReferenceBackend();
    using layer = new Linear(k, n, { backend });
    const [x, weight, bias] = [
      randomTensor(3, [m, k], "float32"),
      randomTensor(4, [n, k], dtype),
      randomTensor(5, [n], dtype),
    ];
    await layer.setWeights(weight, bias);
    using input = backend.upload(x);
    using output = layer.forward(input);
    expect(await backend.download(output)).toEqual(exactLinear(x, weight, { bias }));
  });
});

test("leading axes are kept, and the output has the dtype of x [seed 6]", async () => {
  using backend = createReferenceBackend();
  using layer = new Linear(7, 3, { backend, bias: false });
  await layer.setWeights(randomTensor(6, [3, 7], "float32"));
  using x = backend.upload(randomTensor(7, [2, 1, 5, 7], "bfloat16"));
  using y = layer.forward(x);
  expect([y.shape, y.dtype]).toEqual([[2, 1, 5, 3], "bfloat16"]);
});

test("dtype rounds weights and bias when they come in; without it they stay as they are [seed 8]", async () => {
  using backend = createReferenceBackend();
  const [weight, bias] = [randomTensor(8, [3, 7], "float32"), randomTensor(9, [3], "float16")];
  using rounded = new Linear(7, 3, { backend, dtype: "bfloat16" });
  await rounded.setWeights(weight, bias);
  const state = await rounded.stateDict();
  expect(Array.from(state.values(), ({ dtype }) => dtype)).toEqual(["bfloat16", "bfloat16"]);
  expect(state.get("weight")).toEqual({
    ...weight,
    dtype: "bfloat16",
    data: Uint16Array.from(new Uint32Array(weight.data.buffer), (bits) => (bits + 0x7fff + ((bits >> 16) & 1)) >>> 16),
  });
  using kept = new Linear(7, 3, { backend });
  await kept.setWeights(weight, bias);
  expect(await kept.stateDict()).toEqual(new Map(Object.entries({ weight, bias })));
});

test("weights may come from the device, and stay the caller's [seed 10]", async () => {
  using backend = createReferenceBackend();
  using weight = backend.upload(randomTensor(10, [3, 7], "float16"));
  using bias = backend.upload(randomTensor(11, [3], "bfloat16"));
  using layer = new Linear(7, 3, { backend });
  await layer.setWeights(weight, bias);
  weight.dispose();
  bias.dispose();
  const state = await layer.stateDict();
  expect(state.get("weight")).toEqual(randomTensor(10, [3, 7], "float16"));
  expect(state.get("bias")).toEqual(randomTensor(11, [3], "bfloat16"));
});

test("float weights are not searched for NaN: it propagates", async () => {
  using backend = createReferenceBackend();
  using layer = new Linear(1, 2, { backend, bias: false });
  await layer.setWeights(float32([2, 1], [Number.NaN, 2]));
  using x = backend.upload(float32([1, 1], [3]));
  using y = layer.forward(x);
  const host = await backend.download(y);
  expect(Array.from(widen(host))).toEqual([Number.NaN, 6]);
});

test("what it refuses leaves it as it was, and leaks nothing [seed 12]", async () => {
  using backend = createReferenceBackend();
  using other = createReferenceBackend();
  using layer = new Linear(7, 3, { backend });
  const [weight, bias] = [randomTensor(12, [3, 7], "float32"), randomTensor(13, [3], "float32")];
  using x = backend.upload(randomTensor(14, [1, 7], "float32"));
  await rejection(() => layer.forward(x), "ERR_UNAVAILABLE");
  expect((await rejection(() => layer.stateDict(), "ERR_UNAVAILABLE")).message).toContain('"weight"');
  await layer.setWeights(weight, bias);
  const before = backend.memory();
  await rejection(() => layer.setWeights(weight), "ERR_SHAPE");
  await rejection(() => layer.setWeights(bias, bias), "ERR_SHAPE");
  await rejection(() => layer.setWeights(weight, weight), "ERR_SHAPE");
  await rejection(() => layer.setWeights({ ...weight, dtype: "int8" } as never, bias), "ERR_DTYPE");
  using foreign = other.upload(weight);
  await rejection(() => layer.setWeights(foreign, bias), "ERR_FOREIGN_TENSOR");
  using foreignInput = other.upload(randomTensor(14, [1, 7], "float32"));
  await rejection(() => layer.forward(foreignInput), "ERR_FOREIGN_TENSOR");
  using narrow = backend.upload(randomTensor(14, [1, 6], "float32"));
  await rejection(() => layer.forward(narrow), "ERR_SHAPE");
  narrow.dispose();
  expect(backend.memory()).toEqual(before);
  using unbiased = new Linear(7, 3, { backend, bias: false });
  await rejection(() => unbiased.setWeights(weight, bias), "ERR_SHAPE");
  await rejection(() => new Linear(1.5, 3, { backend }), "ERR_SHAPE");
  layer.dispose();
  await rejection(() => layer.forward(x), "ERR_DISPOSED");
  await rejection(() => layer.setWeights(weight, bias), "ERR_DISPOSED");
  expect(backend.memory().tensors).toBe(1);
});

test("memory that runs out on the device keeps the old weights [seed 15]", async () => {
  using backend = createLazyBackend(4 * 3 * 7 * 2 - 1); // room for all but the last byte of two weights
  using layer = new Linear(7, 3, { backend, bias: false });
  const weight = randomTensor(15, [3, 7], "float32");
  await layer.setWeights(weight);
  await rejection(() => layer.setWeights(randomTensor(16, [3, 7], "float32")), "ERR_OUT_OF_MEMORY");
  const other = new Map([["weight", randomTensor(17, [3, 7], "float32")]]);
  await rejection(() => layer.loadStateDict(other), "ERR_OUT_OF_MEMORY");
  expect(await layer.stateDict()).toEqual(new Map([["weight", weight]]));
  expect(backend.memory().tensors).toBe(1);
});

test.each([Linear, QuantizedLinear])("%o without a backend is ERR_UNAVAILABLE", async (Layer) => {
  for (const options of [undefined, {}, { backend: null }]) {
    await rejection(() => new Layer(3, 2, options as never), "ERR_UNAVAILABLE");
  }
});
