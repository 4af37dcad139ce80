import { createReferenceBackend, hostTensor, quantize, quantizeRows } from "@octet/core";
import { expect, it } from "vitest";

it("handles cannot be changed", () => {
  using backend = createReferenceBackend();
  const x = backend.upload(hostTensor("float32", [2, 4], Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8)));
  const weight = quantize(x, { granularity: { kind: "group", size: 2 } });
  const codes = quantizeRows(x, { activations: "int8" });
  const state = backend.state({ capacity: 2, slots: [{ name: "rows", dtype: "int8", shape: [3] }] });
  for (const frozen of [x, x.shape, weight, weight.shape, weight.granularity, codes, codes.shape, state, state.slots]) {
    expect(Object.isFrozen(frozen)).toBe(true);
  }
  expect(() => Object.assign(x.shape, { 0: 20 })).toThrow(TypeError);
});
