import { createReferenceBackend } from "@octet/core";
import { HostParameter, type Layer, Linear, Module, quantizeModel } from "@octet/nn";
import { expect, test } from "vitest";

const backend = createReferenceBackend();

/** A layer in two places, and a way back to the whole. */
class Tied extends Module {
  readonly first: Layer = new Linear(2, 2, { backend });
  readonly again: Layer = this.first;
  root?: Module;
}

class Scale extends Module {
  readonly weight: HostParameter<"float32"> = new HostParameter([3], "float32");
}

test("a module in two places and a way back to the root are named once", () => {
  using model = new Tied();
  model.root = model;
  expect([...model.namedModules()].map(([name]) => name)).toEqual(["", "first"]);
  expect([...model.namedParameters()].map(([name]) => name)).toEqual(["first.weight", "first.bias"]);
});

test("the state of a host parameter is a copy of its values", async () => {
  using model = new Scale();
  await model.loadStateDict(new Map([["weight", { dtype: "float32", shape: [3], data: Float32Array.of(1, 2, 3) }]]));
  const state = await model.stateDict();
  expect(state).toEqual(new Map([["weight", { dtype: "float32", shape: [3], data: Float32Array.of(1, 2, 3) }]]));
  state.get("weight")!.data[0] = 7;
  expect(model.weight.tensor.data).toEqual(Float32Array.of(1, 2, 3));
});

test("rules of the default list that match nothing are not reported", async () => {
  class Plain extends Module {
    readonly fc = new Linear(2, 2, { backend, bias: false });
  }
  using model = new Plain();
  await model.fc.setWeights({ dtype: "float32", shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) });
  const { replaced, unmatched } = await quantizeModel(model);
  expect(replaced.map(({ name }) => name)).toEqual(["fc"]);
  expect(unmatched).toEqual([]);
});
