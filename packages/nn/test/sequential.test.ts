import { activation, createReferenceBackend, type FloatDType, type Tensor } from "@octet/core";
import { GELU, type Layer, Linear, Module, ReLU, Sequential, SiLU } from "@octet/nn";
import { expect, test } from "vitest";
import { randomTensor } from "./random.ts";
import { rejection } from "./rejection.ts";

class Failing extends Module {
  forward(): Tensor<FloatDType> {
    throw new Error("no forward today");
  }
}

class Identity extends Module {
  forward(x: Tensor<FloatDType>): Tensor<FloatDType> {
    return x;
  }
}

/** Counts the live tensors while the layer behind it runs. */
class Counting extends Module {
  readonly counts: number[] = [];
  forward(x: Tensor<FloatDType>): Tensor<FloatDType> {
    this.counts.push(x.backend.memory().tensors);
    return activation(x, "relu");
  }
}

test.each([
  ["relu", new ReLU()],
  ["gelu", new GELU()],
  ["silu", new SiLU()],
] as const)("%s is core's, bit for bit [seed 20]", async (kind, layer) => {
  using backend = createReferenceBackend();
  const x = randomTensor(20, [7, 33], "float16");
  using input = backend.upload(x);
  using output = layer.forward(input);
  expect(await backend.download(output)).toEqual(activation(x, kind));
});

test("runs its layers in order and keeps only the result and the input [seed 21]", async () => {
  using backend = createReferenceBackend();
  using input = backend.upload(randomTensor(21, [7, 33], "float32"));
  const counting = [new Counting(), new Counting(), new Counting()];
  using model = new Sequential(new SiLU(), ...counting);
  const output = model.forward(input);
  expect(counting.map(({ counts }) => counts)).toEqual([[2], [2], [2]]);
  expect(input.disposed).toBe(false);
  expect(backend.memory().tensors).toBe(2);
  const x = await backend.download(input);
  expect(await backend.download(output)).toEqual(activation(activation(x, "silu"), "relu"));
  output.dispose();
  expect(backend.memory().tensors).toBe(1);
});

test.each<[string, Layer[]]>([
  ["first", [new Failing()]],
  ["second", [new ReLU(), new Failing()]],
  ["last", [new ReLU(), new Identity(), new ReLU(), new Failing()]],
])("a failure in the %s layer leaks nothing [seed 22]", async (_, layers) => {
  using backend = createReferenceBackend();
  using input = backend.upload(randomTensor(22, [1, 7], "float32"));
  expect(() => new Sequential(...layers).forward(input)).toThrow("no forward today");
  expect(input.disposed).toBe(false);
  expect(backend.memory().tensors).toBe(1);
});

test("layers that pass their input through keep it alive, the caller's too [seed 23]", async () => {
  using backend = createReferenceBackend();
  using input = backend.upload(randomTensor(23, [1, 7], "float32"));
  expect(new Sequential().forward(input)).toBe(input);
  expect(new Sequential(new Identity(), new Identity()).forward(input)).toBe(input);
  using output = new Sequential(new Identity(), new ReLU(), new Identity()).forward(input);
  expect([input.disposed, output.disposed]).toEqual([false, false]);
  expect(backend.memory().tensors).toBe(2);
});

test("layers are found by index, nest, and are listed in numeric order [seed 24]", async () => {
  using backend = createReferenceBackend();
  const layers = Array.from({ length: 11 }, () => new ReLU());
  using model = new Sequential(...layers, new Sequential(new Linear(7, 1, { backend })));
  expect([...model]).toEqual([...layers, model[11]]);
  expect(model[10]).toBe(layers[10]);
  expect(Array.from(model.namedModules(), ([name]) => name)).toEqual([
    "",
    ..."0 1 2 3 4 5 6 7 8 9 10 11 11.0".split(" "),
  ]);
  model.replace("10", new GELU());
  using x = backend.upload(randomTensor(24, [1, 7], "float32"));
  await rejection(() => model.forward(x), "ERR_UNAVAILABLE");
  expect(backend.memory().tensors).toBe(1);
});
