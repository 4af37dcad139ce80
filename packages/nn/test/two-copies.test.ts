import { createReferenceBackend, hostTensor } from "@octet/core";
import * as nn from "@octet/nn";
import { beforeAll, expect, test, vi } from "vitest";

let other: typeof nn;
beforeAll(async () => {
  vi.resetModules();
  other = await import("@octet/nn");
});

const weight = hostTensor("float32", [2, 3], Float32Array.of(1, 2, 3, 4, 5, 6));

test("quantizeModel of one copy replaces the layers of another, which runs, prints and saves them", async () => {
  expect(other.Linear).not.toBe(nn.Linear);
  using backend = createReferenceBackend();
  using model = new other.Sequential(new other.Linear(3, 2, { backend, bias: false }), new other.ReLU());
  await model.loadStateDict(new Map([["0.weight", weight]]));
  const { replaced, skipped } = await nn.quantizeModel(model, { activations: "int8" });
  expect(replaced.map(({ name }) => name)).toEqual(["0"]);
  expect(skipped).toEqual([]);
  using x = backend.upload(hostTensor("float32", [1, 3], Float32Array.of(1, 1, 1)));
  using y = model.forward(x);
  expect((await backend.download(y)).shape).toEqual([1, 2]);
  expect(model.toString()).toContain("QuantizedLinear(in_features=3");
  const state = await model.stateDict();
  expect([...state.keys()]).toEqual(["0.weight", "0.weight_scale"]);
  await model.loadStateDict(state);
  expect((await other.quantizeModel(model)).skipped[0].reason).toBe("it is quantized already");
});

test("a subclass of another copy's Linear with a forward of its own stays as it is", async () => {
  class Doubled extends other.Linear {
    override forward(x: Parameters<nn.Linear["forward"]>[0]): ReturnType<nn.Linear["forward"]> {
      return super.forward(x);
    }
  }
  class Renamed extends other.Linear {}
  using backend = createReferenceBackend();
  const options = { backend, bias: false };
  using model = new nn.Sequential(new Doubled(3, 2, options), new Renamed(2, 2, options));
  await model.loadStateDict(
    new Map([
      ["0.weight", weight],
      ["1.weight", hostTensor("float32", [2, 2], Float32Array.of(1, 2, 3, 4))],
    ]),
  );
  const { replaced, skipped } = await nn.quantizeModel(model);
  expect([replaced.map(({ name }) => name), skipped.map(({ name }) => name)]).toEqual([["1"], ["0"]]);
});
