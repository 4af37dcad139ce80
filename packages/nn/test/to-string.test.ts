import { createReferenceBackend } from "@octet/core";
import { GELU, type Layer, Linear, Module, QuantizedLinear, quantizeModel, ReLU, Sequential, SiLU } from "@octet/nn";
import { expect, test } from "vitest";
import { randomTensor } from "./random.ts";

const backend = createReferenceBackend();

test.each([
  [new Linear(4, 3, { backend }), "Linear(in_features=4, out_features=3, bias=True)"],
  [new Linear(4, 3, { backend, bias: false }), "Linear(in_features=4, out_features=3, bias=False)"],
  [
    new QuantizedLinear(4, 3, { backend }),
    "QuantizedLinear(in_features=4, out_features=3, bias=False, bits=8, granularity=channel, activations=float)",
  ],
  [
    new QuantizedLinear(4, 3, { backend, bias: true, bits: 4, granularity: { kind: "group", size: 2 } }),
    "QuantizedLinear(in_features=4, out_features=3, bias=True, bits=4, granularity=group:2, activations=float)",
  ],
  [
    new QuantizedLinear(4, 3, { backend, granularity: { kind: "tensor" }, activations: "int8" }),
    "QuantizedLinear(in_features=4, out_features=3, bias=False, bits=8, granularity=tensor, activations=int8)",
  ],
  [new ReLU(), "ReLU()"],
  [new GELU(), "GELU(approximate='none')"],
  [new SiLU(), "SiLU()"],
  [new Sequential(), "Sequential()"],
])("%s", (module, text) => {
  expect(module.toString()).toBe(text);
  expect(`${module}`).toBe(text);
});

test("a nested model prints as in PyTorch, equal neighbours of an array on one line [seed 70]", async () => {
  class Block extends Module {
    readonly fc: Layer = new Linear(4, 4, { backend, bias: false });
  }
  class Model extends Module {
    readonly layers: readonly Block[] = [new Block(), new Block(), new Block()];
    readonly lm_head: Layer = new Sequential(new ReLU(), new Linear(4, 1, { backend }));

    override extraRepr(): string {
      return "vocabulary=1";
    }
  }
  using model = new Model();
  for (const { fc } of model.layers.slice(0, 2)) await (fc as Linear).setWeights(randomTensor(70, [4, 4], "float32"));
  await quantizeModel(model, { skip: ["layers.2.fc", "lm_head.*"] });
  expect(model.toString()).toBe(`Model(
  vocabulary=1
  (layers.0-1): 2 x Block(
    (fc): QuantizedLinear(in_features=4, out_features=4, bias=False, bits=8, granularity=channel, activations=float)
  )
  (layers.2): Block(
    (fc): Linear(in_features=4, out_features=4, bias=False)
  )
  (lm_head): Sequential(
    (0): ReLU()
    (1): Linear(in_features=4, out_features=1, bias=True)
  )
)`);
});
