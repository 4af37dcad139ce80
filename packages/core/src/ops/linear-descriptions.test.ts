import { describe, expect, it } from "vitest";
import { errorCode } from "../../test/support/error-code.ts";
import { linearGeometry } from "./linear-geometry.ts";

/** Backends ask with what they know of a tensor on their device, so nothing has checked these descriptions before. */
const x = { dtype: "float32", shape: [5, 4] } as const;
const weight = { shape: [3, 4], granularity: { kind: "channel", dim: 0 }, bits: 8 } as const;

describe("linearGeometry", () => {
  it("describes the product", () => {
    const bias = { dtype: "float16", shape: [3] } as const;
    expect(linearGeometry(x, weight, bias, {})).toEqual({
      ...{ m: 5, n: 3, k: 4 },
      outputShape: [5, 3],
      activations: "float",
      dtype: "float32",
    });
  });

  for (const dtype of ["int8", "int32"] as const) {
    it(`refuses activations of ${dtype}, also with an output dtype of its own`, () => {
      expect(errorCode(() => linearGeometry({ dtype, shape: [5, 4] }, weight, undefined, {}))).toBe("ERR_DTYPE");
      expect(errorCode(() => linearGeometry({ dtype, shape: [5, 4] }, weight, undefined, { dtype: "float32" }))).toBe(
        "ERR_DTYPE",
      );
    });
  }

  for (const shape of [[], [4], [3, 4, 1], [1, 3, 4], [3, 4, 4]]) {
    it(`refuses a weight of [${shape}]`, () => {
      expect(errorCode(() => linearGeometry(x, { dtype: "float32", shape }, undefined, {}))).toBe("ERR_SHAPE");
      const quantized = { shape, granularity: { kind: "tensor" }, bits: 8 } as const;
      expect(errorCode(() => linearGeometry(x, quantized, undefined, {}))).toBe("ERR_SHAPE");
    });
  }

  for (const shape of [[], [2], [4], [3, 1], [1, 3], [3, 3]]) {
    it(`refuses a bias of [${shape}] for 3 output features`, () => {
      expect(errorCode(() => linearGeometry(x, weight, { dtype: "float32", shape }, {}))).toBe("ERR_SHAPE");
    });
  }
});
