import { createReferenceBackend, type Granularity, type HostTensor, hostTensor, quantize } from "@octet/core";
import { Linear, Module, QuantizedLinear, Sequential } from "@octet/nn";
import { describe, expect, test } from "vitest";
import { float32, randomTensor } from "./random.ts";
import { rejection } from "./rejection.ts";

const backend = createReferenceBackend();
const [n, k] = [7, 33];

function int8(shape: readonly number[], values: ArrayLike<number>): HostTensor<"int8"> {
  return hostTensor("int8", shape, Int8Array.from(values));
}

const codes = (count = n * k) =>
  int8(
    [n, k],
    Array.from({ length: count }, (_, index) => (index % 256) - 128),
  );
const scales = (...shape: number[]) =>
  float32(
    shape,
    Array.from({ length: shape.reduce((product, extent) => product * extent, 1) }, (_, i) => 0.5 + i),
  );

describe.each<[Granularity, number[]]>([
  [{ kind: "channel", dim: 0 }, [n, 1]],
  [{ kind: "tensor" }, [1]],
  [{ kind: "group", size: 11 }, [n, 3]],
])("%j", (granularity, shape) => {
  test("is stored in the keys and shapes of the int8 format [seed 50]", async () => {
    const [weight, bias] = [randomTensor(50, [n, k], "float32"), randomTensor(51, [n], "bfloat16")];
    using layer = new QuantizedLinear(k, n, { backend, bias: true, granularity });
    await layer.quantizeWeights(weight, bias);
    const { quantized, scale } = quantize(weight, { granularity });
    const state = await layer.stateDict();
    expect([...state.keys()]).toEqual(["weight", "weight_scale", "bias"]);
    expect(state).toEqual(new Map(Object.entries({ weight: quantized, weight_scale: { ...scale, shape }, bias })));
  });

  test("is inferred from the scale's shape by a layer made with the default, which then counts as quantized [seed 52]", async () => {
    using layer = new QuantizedLinear(k, n, { backend });
    const state = new Map<string, HostTensor>([
      ["weight", codes()],
      ["weight_scale", scales(...shape)],
    ]);
    const report = await layer.loadStateDict(state);
    expect(report).toEqual({ missing: [], unexpected: [] });
    expect([layer.quantized, layer.granularity]).toEqual([true, granularity]);
    expect(await layer.stateDict()).toEqual(state);
    using x = backend.upload(randomTensor(52, [3, k], "float32"));
    layer.forward(x).dispose();
  });
});

test("a state dict brought from one model to another gives the same outputs [seed 53]", async () => {
  const build = () =>
    new Sequential(
      new QuantizedLinear(k, n, { backend, bias: true, activations: "int16" }),
      new Linear(n, 1, { backend }),
    );
  using original = build();
  using copy = build();
  const first = original[0] as QuantizedLinear;
  await first.quantizeWeights(randomTensor(53, [n, k], "float16"), randomTensor(54, [n], "float16"));
  await (original[1] as Linear).setWeights(randomTensor(55, [1, n], "float16"), randomTensor(56, [1], "float32"));
  await copy.loadStateDict(await original.stateDict());
  using x = backend.upload(randomTensor(57, [3, k], "bfloat16"));
  using expected = original.forward(x);
  using actual = copy.forward(x);
  expect(await backend.download(actual)).toEqual(await backend.download(expected));
});

test("loading copies: the state dict stays the caller's", async () => {
  using layer = new Linear(1, 1, { backend, bias: false });
  const weight = float32([1, 1], [3]);
  await layer.loadStateDict(new Map([["weight", weight]]));
  weight.data[0] = 4;
  const state = await layer.stateDict();
  expect(state.get("weight")?.data[0]).toBe(3);
});

test("a Float16Array is float16", async () => {
  using layer = new Linear(2, 1, { backend, bias: false });
  await layer.loadStateDict(new Map([["weight", { dtype: "float16", shape: [1, 2], data: Float16Array.of(1, -2) }]]));
  const state = await layer.stateDict();
  expect(state.get("weight")).toEqual({ dtype: "float16", shape: [1, 2], data: Uint16Array.of(0x3c00, 0xc000) });
});

describe("keys", () => {
  class Model extends Module {
    readonly layers: readonly Module[] = [new QuantizedLinear(k, n, { backend }), new Linear(n, 1, { backend })];
  }

  test("that are missing or unexpected are named, every one, and nothing is loaded [seed 58]", async () => {
    using model = new Model();
    const state = new Map<string, HostTensor>([
      ["layers.0.weight", codes()],
      ["layers.1.weight", randomTensor(58, [1, n], "float32")],
      ["layers.2.weight", codes()],
      ["extra", codes()],
    ]);
    const { message } = await rejection(() => model.loadStateDict(state), "ERR_FORMAT");
    for (const key of ["layers.0.weight_scale", "layers.1.bias", "layers.2.weight", "extra"]) {
      expect(message).toContain(`"${key}"`);
    }
    expect(message).not.toContain('"layers.1.weight"');
    expect(backend.memory().tensors).toBe(0);
  });

  test("that differ are reported when strict is false, and the rest is loaded [seed 59]", async () => {
    using model = new Model();
    const bias = randomTensor(59, [1], "float32");
    const report = await model.loadStateDict(
      new Map<string, HostTensor>([
        ["layers.1.bias", bias],
        ["extra", bias],
      ]),
      {
        strict: false,
      },
    );
    expect(report).toEqual({
      missing: ["layers.0.weight", "layers.0.weight_scale", "layers.1.weight"],
      unexpected: ["extra"],
    });
    const [, linear] = model.layers as [QuantizedLinear, Linear];
    expect([linear.bias?.loaded, linear.weight.loaded]).toEqual([true, false]);
    using x = backend.upload(randomTensor(60, [1, n], "float32"));
    await rejection(() => linear.forward(x), "ERR_UNAVAILABLE");
  });

  test.each([["weight"], ["weight_scale"]])("half a quantized weight (%s) is refused, strict or not", async (key) => {
    using layer = new QuantizedLinear(k, n, { backend });
    const state = new Map<string, HostTensor>([
      ["weight", codes()],
      ["weight_scale", scales(n, 1)],
    ]);
    const half = new Map([...state].filter(([name]) => name === key));
    const { message } = await rejection(() => layer.loadStateDict(half, { strict: false }), "ERR_FORMAT");
    expect(message).toContain(key === "weight" ? '"weight_scale"' : '"weight"');
    expect(layer.quantized).toBe(false);
  });

  test("a float state dict of a quantized model, and the reverse, say what to do [seed 61]", async () => {
    using quantized = new QuantizedLinear(k, n, { backend });
    using float = new Linear(k, n, { backend, bias: false });
    const floats = new Map([["weight", randomTensor(61, [n, k], "float32")]]);
    const error = await rejection(() => quantized.loadStateDict(floats), "ERR_FORMAT");
    expect(error.message).toContain("before quantizeModel");
    const coded = new Map<string, HostTensor>([
      ["weight", codes()],
      ["weight_scale", scales(n, 1)],
    ]);
    await rejection(() => float.loadStateDict(coded), "ERR_FORMAT");
    await rejection(() => float.loadStateDict(coded, { strict: false }), "ERR_DTYPE");
  });
});

describe("bad codes and scales name their parameter and leave the model as it was", () => {
  test.each<[string, Record<string, HostTensor>, "ERR_FORMAT" | "ERR_SHAPE"]>([
    ["codes of another shape", { weight: int8([k, n], codes().data) }, "ERR_SHAPE"],
    ["float codes", { weight: randomTensor(62, [n, k], "float32") }, "ERR_FORMAT"],
    ["a scale without the 1", { weight_scale: scales(n) }, "ERR_FORMAT"],
    ["a scale of another layer", { weight_scale: scales(n + 1, 1) }, "ERR_FORMAT"],
    ["groups that do not divide", { weight_scale: scales(n, 2) }, "ERR_FORMAT"],
    ["a float16 scale", { weight_scale: randomTensor(63, [n, 1], "float16") }, "ERR_FORMAT"],
    ["a scale of 0", { weight_scale: float32([1], [0]) }, "ERR_FORMAT"],
    ["a NaN scale", { weight_scale: float32([1], [Number.NaN]) }, "ERR_FORMAT"],
    ["an infinite scale", { weight_scale: float32([1], [Number.POSITIVE_INFINITY]) }, "ERR_FORMAT"],
  ])("%s [seed 62]", async (_, change, code) => {
    using model = new Sequential(new Linear(n, k, { backend, bias: false }), new QuantizedLinear(k, n, { backend }));
    const [first, second] = [randomTensor(64, [k, n], "float32"), randomTensor(65, [k, n], "float32")];
    const good = { weight: codes(), weight_scale: scales(n, 1) };
    const stateOf = (float: HostTensor, coded: Record<string, HostTensor>) =>
      new Map([["0.weight", float], ...Object.entries(coded).map(([key, value]) => [`1.${key}`, value] as const)]);
    await model.loadStateDict(stateOf(first, good));
    const before = backend.memory();
    const { message } = await rejection(() => model.loadStateDict(stateOf(second, { ...good, ...change })), code);
    expect(message).toContain('"1.weight"');
    expect(await model.stateDict()).toEqual(stateOf(first, good));
    expect(backend.memory()).toEqual(before);
  });

  test("codes outside the layer's bits", async () => {
    using layer = new QuantizedLinear(k, n, { backend, bits: 4 });
    const state = new Map<string, HostTensor>([
      ["weight", codes()],
      ["weight_scale", scales(n, 1)],
    ]);
    await rejection(() => layer.loadStateDict(state), "ERR_FORMAT");
  });

  test("groups for a layer whose activations exclude them", async () => {
    using layer = new QuantizedLinear(k, n, { backend, activations: "int8" });
    const state = new Map<string, HostTensor>([
      ["weight", codes()],
      ["weight_scale", scales(n, 3)],
    ]);
    await rejection(() => layer.loadStateDict(state), "ERR_UNSUPPORTED");
  });
});

test("loading replaces and gives back what was there", async () => {
  using layer = new QuantizedLinear(k, n, { backend });
  const state = new Map<string, HostTensor>([
    ["weight", codes()],
    ["weight_scale", scales(n, 1)],
  ]);
  await layer.loadStateDict(state);
  const before = backend.memory();
  await layer.loadStateDict(state);
  expect(backend.memory()).toEqual(before);
});
