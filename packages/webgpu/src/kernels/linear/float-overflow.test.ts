import { type FloatDType, type HostQuantizedTensor, type HostTensor, hostTensor, linear, narrow } from "@octet/core";
import { describe, expect, it } from "vitest";
import { createBackend } from "../../create-backend.ts";

/** A width for which neighbours share words, and rows do not end with one. */
const n = 7;
const k = 40;

/** Rows of x whose sums overflow, or are NaN where infinities of both signs meet. */
const overflows = (row: number) => row % 2 === 1;
/** Output features whose scale is subnormal, or takes sums past the largest float32. */
const hasBadScale = (column: number) => column % 3 === 1;

const smallInteger = (i: number) => ((i * 7) % 9) - 4;
const largest: Readonly<Record<FloatDType, number>> = { float32: 3.4e38, bfloat16: 3.3e38, float16: 65504 };

function activations(dtype: FloatDType, m: number): HostTensor<FloatDType> {
  const values = Float32Array.from({ length: m * k }, (_, i) =>
    overflows(Math.floor(i / k)) ? (i % 3 === 0 ? -largest[dtype] : largest[dtype]) : smallInteger(i),
  );
  return hostTensor(dtype, [m, k], narrow(values, dtype));
}

function codes(groups: number): HostQuantizedTensor {
  const scaleOf = (row: number) => (hasBadScale(row) ? (row === 1 ? 1e-40 : 2 ** 127) : 2 ** -(row % 3));
  const scale = Float32Array.from({ length: n * groups }, (_, i) => scaleOf(Math.floor(i / groups)));
  return {
    quantized: hostTensor(
      "int8",
      [n, k],
      Int8Array.from({ length: n * k }, (_, i) => smallInteger(i * 5)),
    ),
    scale: hostTensor("float32", groups === 1 ? [n] : [n, groups], scale),
    granularity: groups === 1 ? { kind: "channel", dim: 0 } : { kind: "group", size: k / groups },
    bits: 8,
  };
}

function floats(): HostTensor<FloatDType> {
  const weightAt = (i: number) => (hasBadScale(Math.floor(i / k)) ? (i % 2 ? 3e38 : -3e38) : smallInteger(i * 5));
  return hostTensor(
    "float32",
    [n, k],
    Float32Array.from({ length: n * k }, (_, i) => weightAt(i)),
  );
}

const weights: Readonly<Record<string, HostQuantizedTensor | HostTensor<FloatDType>>> = {
  "a scale per channel": codes(1),
  "scales of groups": codes(4),
  "float weights": floats(),
};

/** The kernels that a float linear may run, each with rows of x for which it is chosen. */
const kernels = [
  ["one slice", true, 5],
  ["slices", false, 1],
  ["tiles", false, 9],
] as const;

const cases = kernels.flatMap(([kernel, software, rows]) =>
  Object.keys(weights).flatMap((weight) =>
    (["float32", "float16"] as const).map((dtype) => ({ kernel, software, rows, weight, dtype })),
  ),
);

describe("float linear past the precondition of its bound", () => {
  it.each(cases)("leaves neighbours alone, and repeats: $kernel, $weight, $dtype", async (test) => {
    const { software, rows, weight, dtype } = test;
    const backend = await createBackend({}, { software });
    const x = activations(dtype, rows);
    const w = weights[weight];
    const bias = hostTensor(
      "float32",
      [n],
      Float32Array.from({ length: n }, (_, i) => i - 3),
    );
    const tensors = {
      x: backend.upload(x),
      w: "quantized" in w ? backend.upload(w) : backend.upload(w),
      bias: backend.upload(bias),
    };
    const run = async () => {
      using y = linear(tensors.x, tensors.w, { bias: tensors.bias });
      return (await backend.download(y)).data;
    };
    const got = await run();
    const wanted = linear(x, w, { bias }).data;
    const inside = [...wanted.keys()].filter((i) => !overflows(Math.floor(i / n)) && !hasBadScale(i % n));
    // Sums of integers are exact, whatever their order.
    expect(inside.map((i) => got[i])).toEqual(inside.map((i) => wanted[i]));
    expect(new Uint8Array((await run()).buffer)).toEqual(new Uint8Array(got.buffer));
    await backend.sync();
    backend.dispose();
  });
});
