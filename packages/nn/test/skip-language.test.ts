import { createReferenceBackend } from "@octet/core";
import { attentionOutputs, firstAndLastLayers, smallWeights } from "@octet/core/names";
import { defaultSkip, type Layer, Linear, Module, QuantizedLinear, quantizeModel } from "@octet/nn";
import { expect, test } from "vitest";
import { randomTensor } from "./random.ts";
import { rejection } from "./rejection.ts";

const backend = createReferenceBackend();

class Attention extends Module {
  readonly q_proj: Layer = new Linear(4, 4, { backend, bias: false });
  readonly k_proj: Layer = new Linear(4, 4, { backend, bias: false });
  readonly o_proj: Layer = new Linear(4, 4, { backend, bias: false });
}

class Block extends Module {
  readonly self_attn: Attention = new Attention();
  readonly gate: Layer = new Linear(4, 2, { backend, bias: false });
  readonly gate_proj: Layer = new Linear(4, 8, { backend, bias: false });
}

class Model extends Module {
  readonly layers: readonly Block[] = [new Block(), new Block(), new Block()];
  readonly lm_head: Layer = new Linear(4, 9, { backend, bias: false });
}

async function buildModel(): Promise<Model> {
  const model = new Model();
  const state = Array.from(
    model.namedParameters(),
    ([name, { shape }]) => [name, randomTensor(7, shape, "float32")] as const,
  );
  await model.loadStateDict(new Map(state));
  return model;
}

const names = (list: readonly { readonly name: string }[]) => list.map(({ name }) => name);
const inBlocks = (...parts: readonly string[]) =>
  [0, 1, 2].flatMap((index) => parts.map((part) => `layers.${index}.${part}`));

test("the default list leaves heads and routers in float, as for a file [seed 7]", async () => {
  using model = await buildModel();
  const { skipped, unmatched } = await quantizeModel(model);
  expect(names(skipped)).toEqual([...inBlocks("gate"), "lm_head"]);
  expect(unmatched).toEqual([]);
});

test.each<[string, string[]]>([
  ["{q,k}_proj", inBlocks("self_attn.q_proj", "self_attn.k_proj")],
  ["*.{1..2}.gate", ["layers.1.gate", "layers.2.gate"]],
  ["*.[!0].gate.weight", ["layers.1.gate", "layers.2.gate"]],
  ["@(lm_head|gate)", [...inBlocks("gate"), "lm_head"]],
])("%s skips what it skips in a file [seed 7]", async (pattern, expected) => {
  using model = await buildModel();
  const { skipped, unmatched } = await quantizeModel(model, { skip: [pattern] });
  expect(names(skipped)).toEqual(expected);
  expect(unmatched).toEqual([]);
});

test("presets are patterns to add to the default list [seed 7]", async () => {
  using model = await buildModel();
  const skip = [...defaultSkip, ...attentionOutputs, ...firstAndLastLayers(model.namedParameters())];
  const { skipped, replaced, unmatched } = await quantizeModel(model, { skip });
  expect(names(replaced)).toEqual(["layers.1.self_attn.q_proj", "layers.1.self_attn.k_proj", "layers.1.gate_proj"]);
  expect(names(skipped)).toHaveLength(13);
  expect(unmatched).toEqual([]);
});

test("small weights stay in float, also where a part of the model is quantized already [seed 7]", async () => {
  using model = await buildModel();
  await quantizeModel(model, { skip: ["*.{1..2}.*", "lm_head"] });
  expect(model.layers[0].gate).toBeInstanceOf(QuantizedLinear);
  const { replaced } = await quantizeModel(model, { skip: smallWeights(model.namedParameters(), 17) });
  expect(names(replaced)).toEqual(["layers.1.gate_proj", "layers.2.gate_proj", "lm_head"]);
});

test("of a list with the default one in it, only other entries that match nothing are reported [seed 7]", async () => {
  using model = await buildModel();
  const { unmatched } = await quantizeModel(model, { skip: ["lm_haed", ...defaultSkip] });
  expect(unmatched).toEqual(["lm_haed"]);
  using other = await buildModel();
  expect((await quantizeModel(other, { skip: ["*norm*", "lm_head"] })).unmatched).toEqual(["*norm*"]);
});

test("a pattern that cannot be read is refused before anything is quantized [seed 7]", async () => {
  using model = await buildModel();
  await rejection(() => quantizeModel(model, { skip: ["{q,k_proj"] }), "ERR_UNSUPPORTED");
  expect(model.layers[0].gate).toBeInstanceOf(Linear);
});
