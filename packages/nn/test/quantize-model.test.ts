import { createReferenceBackend, linear as exactLinear, type FloatDType, quantize, type Tensor } from "@octet/core";
import { defaultSkip, type Layer, Linear, Module, QuantizedLinear, quantizeModel, ReLU, Sequential } from "@octet/nn";
import { describe, expect, test } from "vitest";
import { createLazyBackend } from "./lazy-backend.ts";
import { float32, randomTensor } from "./random.ts";
import { rejection } from "./rejection.ts";

class Block extends Module {
  readonly up: Layer;
  readonly down: Layer;

  constructor(up: Linear, down: Linear) {
    super();
    this.up = up;
    this.down = down;
  }
}

class Model extends Module {
  readonly embed_tokens: Layer;
  readonly layers: readonly Block[];
  readonly lm_head: Layer;

  constructor(embed: Linear, layers: readonly Block[], head: Linear) {
    super();
    this.embed_tokens = embed;
    this.layers = layers;
    this.lm_head = head;
  }
}

const [width, inner] = [7, 33];

async function buildLinear(inFeatures: number, outFeatures: number, seed: number, backend = createReferenceBackend()) {
  const layer = new Linear(inFeatures, outFeatures, { backend });
  await layer.setWeights(
    randomTensor(seed, [outFeatures, inFeatures], "bfloat16"),
    randomTensor(seed, [outFeatures], "float32"),
  );
  return layer;
}

async function buildModel(backend = createReferenceBackend(), depth = 2): Promise<Model> {
  const layers: Block[] = [];
  for (let index = 0; index < depth; index++) {
    const up = await buildLinear(width, inner, 100 + index, backend);
    layers.push(new Block(up, await buildLinear(inner, width, 200 + index, backend)));
  }
  return new Model(await buildLinear(1, width, 1, backend), layers, await buildLinear(width, 1, 2, backend));
}

const kinds = (model: Module) =>
  Object.fromEntries(
    Array.from(model.namedModules(), ([name, module]) => [name, module.constructor.name] as const).filter(([, kind]) =>
      kind.endsWith("Linear"),
    ),
  );

test("replaces every Linear, nested too, but for the default list, and reports it [seeds 1-302]", async () => {
  using backend = createReferenceBackend();
  using model = await buildModel(backend);
  const float = model.layers[0].up;
  const report = await quantizeModel(model);
  expect(kinds(model)).toEqual({
    embed_tokens: "Linear",
    "layers.0.up": "QuantizedLinear",
    "layers.0.down": "QuantizedLinear",
    "layers.1.up": "QuantizedLinear",
    "layers.1.down": "QuantizedLinear",
    lm_head: "Linear",
  });
  expect(float.disposed).toBe(true);
  expect(report.replaced.map(({ name, bytesBefore, bytesAfter }) => [name, bytesBefore, bytesAfter])).toEqual([
    ["layers.0.up", 2 * width * inner, width * inner + 4 * inner],
    ["layers.0.down", 2 * width * inner, width * inner + 4 * width],
    ["layers.1.up", 2 * width * inner, width * inner + 4 * inner],
    ["layers.1.down", 2 * width * inner, width * inner + 4 * width],
  ]);
  expect(report.replaced[1].module).toBe(model.layers[0].down);
  expect(report.skipped.map(({ name, reason }) => [name, reason])).toEqual([
    ["embed_tokens", 'it matches "*embed*"'],
    ["lm_head", 'it matches "lm_head"'],
  ]);
  expect(report.unmatched).toEqual([]);
  expect(backend.memory().tensors).toBe(12);
});

test.each(["int8", "int16"] as const)(
  "%s: forward is core's linear on the same codes, bit for bit [seeds 1-302]",
  async (activations) => {
    using backend = createReferenceBackend();
    using model = new Sequential(
      await buildLinear(width, inner, 300, backend),
      new ReLU(),
      await buildLinear(inner, 3, 301, backend),
    );
    await quantizeModel(model, { activations, bits: 6, granularity: { kind: "tensor" } });
    const x = randomTensor(302, [5, width], "float32");
    using input = backend.upload(x);
    using output = model.forward(input);
    const codes = (n: number, k: number, seed: number) =>
      quantize(randomTensor(seed, [n, k], "bfloat16"), { granularity: { kind: "tensor" }, bits: 6 });
    const hidden = exactLinear(x, codes(inner, width, 300), {
      activations,
      bias: randomTensor(300, [inner], "float32"),
    });
    const rectified = { ...hidden, data: (hidden.data as Float32Array).map((value) => Math.max(value, 0)) };
    const expected = exactLinear(rectified, codes(3, inner, 301), {
      activations,
      bias: randomTensor(301, [3], "float32"),
    });
    expect(await backend.download(output)).toEqual(expected);
  },
);

describe("skip", () => {
  test.each<[string, NonNullable<Parameters<typeof quantizeModel>[1]>["skip"], string[]]>([
    ["nothing", [], []],
    ["an exact name", ["layers.0.up"], ["layers.0.up"]],
    ["globs", ["layers.*.down", "lm_h??d"], ["layers.0.down", "layers.1.down", "lm_head"]],
    [
      "a predicate",
      [(name, { outFeatures }) => name.endsWith("up") && outFeatures === inner],
      ["layers.0.up", "layers.1.up"],
    ],
    [
      "the default and more",
      [...defaultSkip, "layers.1.*"],
      ["embed_tokens", "layers.1.up", "layers.1.down", "lm_head"],
    ],
  ])("%s [seeds 1-302]", async (_, skip, expected) => {
    using backend = createReferenceBackend();
    using model = await buildModel(backend);
    const report = await quantizeModel(model, { skip });
    expect(report.skipped.map(({ name }) => name)).toEqual(expected);
    expect(report.replaced).toHaveLength(6 - expected.length);
    expect(report.unmatched).toEqual([]);
  });

  test("an entry that matches no Linear is reported, a block's name included [seeds 1-302]", async () => {
    using model = await buildModel();
    const never = () => false;
    const report = await quantizeModel(model, { skip: ["lm_haed", "layers.0", never, "lm_head"] });
    expect(report.unmatched).toEqual(["lm_haed", "layers.0", never]);
    expect(report.skipped).toMatchObject([{ name: "lm_head" }]);
  });

  test("the reason for a predicate says which [seeds 1-302]", async () => {
    using model = await buildModel();
    const { skipped } = await quantizeModel(model, { skip: ["x", (name) => name === "lm_head"] });
    expect(skipped.map(({ reason }) => reason)).toEqual(["the predicate skip[1] says so"]);
  });
});

test("a second run finds nothing left to do [seeds 1-302]", async () => {
  using model = await buildModel();
  await quantizeModel(model);
  const report = await quantizeModel(model);
  expect(report.replaced).toEqual([]);
  expect(report.skipped.filter(({ reason }) => reason === "it is quantized already")).toHaveLength(4);
});

test("a subclass that computes something else is left alone; one that does not is replaced [seeds 1-302]", async () => {
  class Doubled extends Linear {
    override forward(x: Tensor<FloatDType>): Tensor<FloatDType> {
      using once = super.forward(x);
      return super.forward(once);
    }
  }
  class Named extends Linear {}
  using backend = createReferenceBackend();
  const [doubled, named] = [new Doubled(3, 3, { backend, bias: false }), new Named(3, 3, { backend, bias: false })];
  using model = new Sequential(doubled, named);
  for (const layer of [doubled, named]) await layer.setWeights(randomTensor(3, [3, 3], "float32"));
  const report = await quantizeModel(model);
  expect(report.skipped).toEqual([{ name: "0", module: doubled, reason: "Doubled has a forward of its own" }]);
  expect(model[1]).toBeInstanceOf(QuantizedLinear);
});

describe("a Linear in two places", () => {
  test("is quantized once and replaced in both [seeds 1-302]", async () => {
    using backend = createReferenceBackend();
    const shared = await buildLinear(3, 3, 4, backend);
    using model = new Sequential(shared, new Sequential(shared));
    const report = await quantizeModel(model);
    expect(report.replaced.map(({ name }) => name)).toEqual(["0"]);
    expect(model[0]).toBeInstanceOf(QuantizedLinear);
    expect((model[1] as Sequential)[0]).toBe(model[0]);
    expect(backend.memory().tensors).toBe(2);
  });

  test("is skipped when one of its names is [seeds 1-302]", async () => {
    const shared = await buildLinear(3, 3, 4);
    using model = new Sequential(shared, new Sequential(shared));
    const report = await quantizeModel(model, { skip: ["1.0"] });
    expect(report.skipped).toEqual([{ name: "0", module: shared, reason: 'it matches "1.0"' }]);
    expect(shared.disposed).toBe(false);
  });
});

describe.each([
  ["at the call", createReferenceBackend],
  ["at the next sync", createLazyBackend],
])("a NaN in layer 17, reported %s", (_, createBackend) => {
  test("leaves the model as it was and names the layer [seeds 1-302]", async () => {
    using backend = createBackend();
    using model = await buildModel(backend, 19);
    const bad = randomTensor(217, [width, inner], "float32");
    bad.data[5] = Number.NaN;
    await (model.layers[17].down as Linear).setWeights(bad, float32([width], new Float32Array(width)));
    const before = { kinds: kinds(model), state: await model.stateDict(), memory: backend.memory() };
    const error = await rejection(() => quantizeModel(model), "ERR_NON_FINITE");
    expect(error.message).toContain('"layers.17.down"');
    expect({ kinds: kinds(model), state: await model.stateDict(), memory: backend.memory() }).toEqual(before);
  });
});

describe("all or nothing", () => {
  test("a group size that does not divide one layer names it [seeds 1-302]", async () => {
    using backend = createReferenceBackend();
    using model = await buildModel(backend);
    const before = backend.memory();
    const error = await rejection(() => quantizeModel(model, { granularity: { kind: "group", size: 7 } }), "ERR_SHAPE");
    expect(error.message).toContain('"layers.0.down"');
    expect(Object.values(kinds(model))).toEqual(Array(6).fill("Linear"));
    expect(backend.memory()).toEqual(before);
  });

  test("a field that cannot be written restores the ones before it [seeds 1-302]", async () => {
    using backend = createReferenceBackend();
    using model = await buildModel(backend);
    Object.freeze(model.layers[1]);
    const before = { kinds: kinds(model), memory: backend.memory() };
    const error = await rejection(() => quantizeModel(model), "ERR_UNSUPPORTED");
    expect(error.message).toContain('"layers.1.up"');
    expect({ kinds: kinds(model), memory: backend.memory() }).toEqual(before);
  });

  test("a layer without weights names it [seeds 1-302]", async () => {
    using backend = createReferenceBackend();
    using model = new Sequential(await buildLinear(3, 3, 5, backend), new Linear(3, 3, { backend }));
    const error = await rejection(() => quantizeModel(model), "ERR_UNAVAILABLE");
    expect(error.message).toContain('layer "1"');
    expect(backend.memory().tensors).toBe(2);
  });

  test("a predicate that throws changes nothing [seeds 1-302]", async () => {
    using model = await buildModel();
    const throws = () => {
      throw new Error("undecided");
    };
    await expect(quantizeModel(model, { skip: [throws] })).rejects.toThrow("undecided");
    expect(Object.values(kinds(model))).toEqual(Array(6).fill("Linear"));
  });

  test("a model that is disposed meanwhile keeps nothing [seeds 1-302]", async () => {
    using backend = createReferenceBackend();
    const model = await buildModel(backend);
    const quantizing = quantizeModel(model);
    model.dispose();
    await rejection(() => quantizing, "ERR_DISPOSED");
    expect(backend.memory().tensors).toBe(0);
  });

  test("a model that is disposed while its last layer is quantized keeps nothing [seeds 1-302]", async () => {
    using backend = createReferenceBackend();
    const model = new Sequential(await buildLinear(3, 3, 8, backend));
    const download = backend.download.bind(backend) as (tensor: never) => Promise<never>;
    backend.download = async (tensor: never) => {
      model.dispose();
      return download(tensor);
    };
    const error = await rejection(() => quantizeModel(model), "ERR_DISPOSED");
    expect(error.message).toContain('layer "0"');
    expect(backend.memory().tensors).toBe(0);
  });

  test("an error of another tensor is left for whom it concerns [seeds 1-302]", async () => {
    using backend = createLazyBackend();
    using model = await buildModel(backend);
    using bad = backend.upload(float32([1], [Number.NaN]));
    quantize(bad, { granularity: { kind: "tensor" } }).dispose();
    expect((await quantizeModel(model)).replaced).toHaveLength(4);
    await rejection(() => backend.sync(), "ERR_NON_FINITE");
  });
});

test("a model that is itself a Linear has no place to replace it in [seeds 1-302]", async () => {
  using linear = await buildLinear(3, 3, 6);
  await rejection(() => quantizeModel(linear), "ERR_UNSUPPORTED");
  expect(linear.disposed).toBe(false);
});

test("another backend takes the quantized layers [seeds 1-302]", async () => {
  using backend = createReferenceBackend();
  using target = createReferenceBackend();
  using model = new Sequential(await buildLinear(3, 3, 7, backend));
  await quantizeModel(model, { backend: target });
  expect([backend.memory().tensors, target.memory().tensors]).toEqual([0, 2]);
});
