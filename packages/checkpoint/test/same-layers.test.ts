import { defaultSkip, planQuantization } from "@octet/checkpoint";
import { createReferenceBackend, hostTensor, sizeOf } from "@octet/core";
import { attentionOutputs, firstAndLastLayers, smallWeights } from "@octet/core/names";
import { Linear, quantizeModel, Sequential } from "@octet/nn";
import { bytesSource, encodeSafetensors, openSafetensors } from "@octet/safetensors";
import { expect, test } from "vitest";
import { float32Tensor } from "./support/seeded-values.ts";

/** Names of layers and their shapes. They are fields of one module, whose names may have any characters. */
const shapes: Readonly<Record<string, readonly [outFeatures: number, inFeatures: number]>> = {
  lm_head: [9, 4],
  "h.0.attn.c_proj": [4, 4],
  "h.0.mlp.gate": [2, 4],
  "h.0.mlp.gate_proj": [8, 4],
  "h.11.attn.c_proj": [4, 4],
  "h.11.mlp.router.0": [2, 4],
  "h.5.q_proj": [4, 4],
  "h.5.v_proj": [4, 4],
  "x[0]": [3, 3],
};

test.each<[string, (tensors: Parameters<typeof firstAndLastLayers>[0]) => readonly string[]]>([
  ["the default list", () => defaultSkip],
  ["a brace", () => ["{q,v}_proj"]],
  ["a range", () => ["*.{0..5}.*"]],
  ["a class", () => ["h.[!0]*"]],
  ["a name with brackets", () => ["x\\[0\\]"]],
  ["the name of a tensor", () => ["lm_head.weight"]],
  ["attention outputs", () => attentionOutputs],
  ["first and last layers", (tensors) => firstAndLastLayers(tensors)],
  ["small weights", (tensors) => smallWeights(tensors, 16)],
])("%s leaves the same layers of a model and of its file in float", async (_name, skipOf) => {
  using backend = createReferenceBackend();
  const ones = (shape: readonly number[]) => new Float32Array(sizeOf(shape)).fill(1);
  using model = new Sequential();
  const state = new Map();
  const file = [];
  for (const [name, shape] of Object.entries(shapes)) {
    const [outFeatures, inFeatures] = shape;
    Object.assign(model, { [name]: new Linear(inFeatures, outFeatures, { backend, bias: false }) });
    state.set(`${name}.weight`, hostTensor("float32", shape, ones(shape)));
    file.push(float32Tensor(`${name}.weight`, shape, [...ones(shape)]));
  }
  await model.loadStateDict(state);
  const { tensors, metadata } = await openSafetensors(bytesSource(encodeSafetensors(file)));

  const plan = planQuantization({ tensors, metadata, config: null }, { skip: skipOf(tensors) });
  const report = await quantizeModel(model, { skip: skipOf(model.namedParameters()) });

  expect(plan.layers.map(({ name }) => name).sort()).toEqual(report.replaced.map(({ name }) => name).sort());
  expect(report.skipped.length).toBeGreaterThan(0);
  expect(plan.warnings.filter((warning) => warning.includes("matches no tensor"))).toEqual([]);
  expect(report.unmatched).toEqual([]);
});
