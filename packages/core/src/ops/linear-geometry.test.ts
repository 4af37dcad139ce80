import { describe, expect, it } from "vitest";
import { errorCode } from "../../test/support/error-code.ts";
import { floats, normals } from "../../test/support/tensors.ts";
import { allocate } from "../tensors/dtype.ts";
import { linear } from "./linear.ts";
import { type LinearActivations, maxExactInFeatures } from "./linear-geometry.ts";
import { quantizeSymmetric } from "./quantize-symmetric.ts";

const modes: readonly LinearActivations[] = ["float", "int16", "int8"];

it("the exact modes take as many input features as 32-bit sums of two 8-bit codes do", () => {
  expect(maxExactInFeatures).toBe(Math.floor((2 ** 31 - 1) / (128 * 128)));
});

describe("shapes of linear", () => {
  for (const activations of modes) {
    it(`${activations}: x of rank 1, 2 and 3 keep their leading axes`, () => {
      const weight = quantizeSymmetric(normals(30, [3, 4]), { dim: 0 });
      const flat = linear(normals(31, [6, 4]), weight, { activations });
      expect(linear(normals(31, [2, 3, 4]), weight, { activations })).toEqual({ ...flat, shape: [2, 3, 3] });
      const first = floats([4], ...normals(31, [6, 4]).data.subarray(0, 4));
      expect(linear(first, weight, { activations })).toEqual({ ...flat, shape: [3], data: flat.data.slice(0, 3) });
    });

    it(`${activations}: no rows, no output features, no input features`, () => {
      const weight = (n: number, k: number, options: object = { dim: 0 }) =>
        quantizeSymmetric(floats([n, k], ...Array(n * k).fill(1)), options);
      expect(linear(floats([0, 4]), weight(3, 4), { activations })).toEqual(floats([0, 3]));
      expect(linear(floats([2, 0, 4]), weight(3, 4), { activations })).toEqual(floats([2, 0, 3]));
      expect(linear(floats([2, 4], ...Array(8).fill(1)), weight(0, 4), { activations })).toEqual(floats([2, 0]));
      expect(linear(floats([2, 0]), weight(3, 0), { activations })).toEqual(floats([2, 3], 0, 0, 0, 0, 0, 0));
      expect(linear(floats([1, 0]), weight(2, 0, {}), { activations, bias: floats([2], -1, 2) })).toEqual(
        floats([1, 2], -1, 2),
      );
    });
  }

  it("float weights and groups without input features", () => {
    expect(linear(floats([1, 0]), floats([2, 0]))).toEqual(floats([1, 2], 0, 0));
    expect(linear(floats([1, 0]), quantizeSymmetric(floats([2, 0]), { groupSize: 4 }))).toEqual(floats([1, 2], 0, 0));
  });

  it("leaves its inputs as they were", () => {
    const [x, weight, bias] = [
      normals(32, [2, 4]),
      quantizeSymmetric(normals(33, [3, 4]), { dim: 0 }),
      normals(34, [3]),
    ];
    const before = structuredClone([x, weight, bias]);
    for (const activations of modes) linear(x, weight, { bias, activations });
    expect([x, weight, bias]).toEqual(before);
  });
});

describe("linear refuses", () => {
  const x = floats([2, 4], ...Array(8).fill(1));
  const weight = quantizeSymmetric(floats([3, 4], ...Array(12).fill(1)), { dim: 0 });
  const groups = quantizeSymmetric(floats([3, 4], ...Array(12).fill(1)), { groupSize: 2 });
  const columns = quantizeSymmetric(floats([3, 4], ...Array(12).fill(1)), { dim: 1 });
  const integers = { dtype: "int8", shape: [3], data: allocate("int8", 3) } as never;
  const refused: [string, string, () => unknown][] = [
    ["no x", "ERR_DTYPE", () => linear(undefined as never, weight)],
    ["no weight", "ERR_DTYPE", () => linear(x, undefined as never)],
    ["integer x", "ERR_DTYPE", () => linear(integers, weight)],
    ["an integer weight that is not quantized", "ERR_DTYPE", () => linear(x, weight.quantized as never)],
    ["an integer bias", "ERR_DTYPE", () => linear(x, weight, { bias: integers })],
    ["an integer output", "ERR_DTYPE", () => linear(x, weight, { dtype: "int32" as never })],
    ["x of rank 0", "ERR_SHAPE", () => linear(floats([], 1), weight)],
    ["x with another last axis", "ERR_SHAPE", () => linear(floats([1, 3], 1, 1, 1), weight)],
    ["a weight of rank 1", "ERR_SHAPE", () => linear(x, floats([4], 1, 1, 1, 1))],
    ["a weight of rank 3", "ERR_SHAPE", () => linear(x, floats([1, 1, 4], 1, 1, 1, 1))],
    ["a bias of another length", "ERR_SHAPE", () => linear(x, weight, { bias: floats([2], 1, 1) })],
    ["a bias of rank 2", "ERR_SHAPE", () => linear(x, weight, { bias: floats([1, 3], 1, 1, 1) })],
    ["unknown activations", "ERR_UNSUPPORTED", () => linear(x, weight, { activations: "int4" as never })],
    ["scales on dim 1", "ERR_UNSUPPORTED", () => linear(x, columns)],
    ["groups with int8 activations", "ERR_UNSUPPORTED", () => linear(x, groups, { activations: "int8" })],
    ["groups with int16 activations", "ERR_UNSUPPORTED", () => linear(x, groups, { activations: "int16" })],
    [
      "float weights with int8 activations",
      "ERR_UNSUPPORTED",
      () => linear(x, floats([1, 4], 1, 1, 1, 1), { activations: "int8" }),
    ],
    ["a damaged weight", "ERR_FORMAT", () => linear(x, { ...weight, scale: groups.scale })],
  ];
  for (const [name, code, action] of refused) {
    it(`${name} with ${code}`, () => expect(errorCode(action)).toBe(code));
  }
});
