import { describe, expect, it } from "vitest";
import { errorCode } from "../../test/support/error-code.ts";
import { preciseGelu, preciseSilu } from "../../test/support/high-precision.ts";
import { binary16, rationalOf, roundToFormat } from "../../test/support/rational.ts";
import { widen } from "../numerics/widen.ts";
import { hostTensor } from "../tensors/host-tensor.ts";
import { type ActivationKind, activation } from "./activation.ts";

function apply(kind: ActivationKind, values: readonly number[]): number[] {
  return [...activation(hostTensor("float32", [values.length], Float32Array.from(values)), kind).data];
}

/** float32 numbers from -limit to limit, closer together around 0. */
function samples(limit: number): number[] {
  return Array.from({ length: 801 }, (_, i) => Math.fround(limit * ((i - 400) / 400) ** 3));
}

describe("activation", () => {
  // The functions are good to about 1e-14, so that only a value that close to a float32 tie could round to the other side: none here.
  it("gelu is the nearest float32 to x * Phi(x), on 801 numbers of -13..13", () => {
    const x = samples(13);
    expect(apply("gelu", x)).toEqual(x.map((value) => Math.fround(preciseGelu(value))));
  });

  it("silu is the nearest float32 to x / (1 + e^-x), on 801 numbers of -100..100", () => {
    const x = samples(100);
    expect(apply("silu", x)).toEqual(x.map((value) => Math.fround(preciseSilu(value))));
  });

  it("known values", () => {
    expect(apply("gelu", [0, 1, -1, 20])).toEqual([0, 0.8413447460685429, -0.15865525393145705, 20].map(Math.fround));
    expect(apply("silu", [0, 1, -1, 200])).toEqual([0, 0.7310585786300049, -0.2689414213699951, 200].map(Math.fround));
    expect(apply("relu", [-2, -0, 0, 3, Number.NEGATIVE_INFINITY])).toEqual([0, 0, 0, 3, 0]);
  });

  it("passes NaN and the positive infinity on", () => {
    for (const kind of ["relu", "gelu", "silu"] as const) {
      expect(apply(kind, [Number.NaN, Number.POSITIVE_INFINITY])).toEqual([Number.NaN, Number.POSITIVE_INFINITY]);
    }
  });

  it("gelu and silu vanish far below 0", () => {
    for (const kind of ["gelu", "silu"] as const) expect(apply(kind, [-200, -3e38]).map(Math.abs)).toEqual([0, 0]);
  });

  it("keeps shape and dtype, rounds once, and leaves its input as it was", () => {
    const data = Uint16Array.of(0x3c00, 0xbc00, 0x4000, 0xc000);
    const y = activation(hostTensor("float16", [2, 2], data), "gelu");
    expect([y.dtype, y.shape]).toEqual(["float16", [2, 2]]);
    const rounded = [1, -1, 2, -2].map((x) => roundToFormat(rationalOf(preciseGelu(x)), binary16));
    expect([...widen(y)]).toEqual(rounded);
    expect(data[0]).toBe(0x3c00);
    expect(activation(hostTensor("float32", [0, 3], new Float32Array(0)), "silu").shape).toEqual([0, 3]);
  });

  it("refuses what it does not know", () => {
    const x = hostTensor("float32", [1], new Float32Array(1));
    expect(errorCode(() => activation(x, "tanh" as never))).toBe("ERR_UNSUPPORTED");
    expect(errorCode(() => activation(x, "constructor" as never))).toBe("ERR_UNSUPPORTED");
    expect(errorCode(() => activation(x, undefined as never))).toBe("ERR_UNSUPPORTED");
    expect(errorCode(() => activation(undefined as never, "relu"))).toBe("ERR_DTYPE");
    expect(errorCode(() => activation(hostTensor("int8", [1], new Int8Array(1)) as never, "relu"))).toBe("ERR_DTYPE");
    expect(errorCode(() => activation({ ...x, shape: [2] }, "relu"))).toBe("ERR_SHAPE");
  });
});
