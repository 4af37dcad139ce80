import {
  createReferenceBackend,
  type FloatDType,
  type HostQuantizedTensor,
  type HostTensor,
  hostTensor,
  type LinearActivations,
  linear,
  narrow,
  type TensorLike,
} from "@octet/core";
import { describe, expect, test } from "vitest";
import { emulatorMissing } from "../test/emulator.ts";
import { createCUDABackend } from "./index.ts";

// Which kernel runs depends on rows, on columns, on K modulo 16 and on dtypes: these shapes reach each one, with edges inside a tile, and
// long rows go around the ring.
const shapes = [
  { m: 1, n: 1, k: 16 },
  { m: 3, n: 33, k: 80 },
  { m: 5, n: 8200, k: 16 },
  { m: 8, n: 17, k: 1040 },
  { m: 3, n: 16400, k: 16 },
  { m: 9, n: 16390, k: 16 },
  { m: 9, n: 70, k: 48 },
  { m: 12, n: 7, k: 33 },
  { m: 13, n: 8200, k: 16 },
  { m: 16, n: 40, k: 1040 },
  { m: 2, n: 17, k: 8208 },
  { m: 11, n: 18, k: 4112 },
  { m: 3, n: 18, k: 8199 },
  { m: 32, n: 65, k: 400 },
  { m: 33, n: 129, k: 64 },
  { m: 70, n: 140, k: 336 },
  { m: 130, n: 7, k: 33 },
  { m: 129, n: 8330, k: 16 },
];
const settings = [
  { seed: 0, copies: "late" },
  { seed: 5, copies: "early" },
] as const;

/** Integers from -bound to bound, the same for the same seed. */
function integers(length: number, bound: number, seed: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return ((state >>> 8) % (2 * bound + 1)) - bound;
  });
}

function tensor(dtype: FloatDType, shape: readonly number[], bound: number, seed: number): HostTensor<FloatDType> {
  const values = integers(
    shape.reduce((product, extent) => product * extent, 1),
    bound,
    seed,
  );
  return hostTensor(dtype, shape, narrow(values, dtype));
}

function codes(n: number, k: number, seed: number): HostQuantizedTensor {
  return {
    quantized: hostTensor("int8", [n, k], Int8Array.from(integers(n * k, 127, seed))),
    scale: hostTensor(
      "float32",
      [n],
      Float32Array.from({ length: n }, (_, row) => 2 ** ((row % 5) - 9)),
    ),
    granularity: { kind: "channel", dim: 0 },
    bits: 8,
  };
}

/** y of the reference and of the kernels, whose sums are exact in any order: integers below 2^24 times a power of two. */
async function both(
  emulated: (typeof settings)[number],
  x: HostTensor<FloatDType>,
  weight: HostQuantizedTensor | HostTensor<FloatDType>,
  activations: LinearActivations,
): Promise<{ readonly got: HostTensor; readonly wanted: HostTensor }> {
  const bias = tensor("float32", [n(weight)], 100, 3);
  const results: HostTensor[] = [];
  for (const backend of [createReferenceBackend(), await createCUDABackend({ emulated })]) {
    const w = "quantized" in weight ? backend.upload(weight) : backend.upload(weight as TensorLike<FloatDType>);
    const y = linear(backend.upload(x), w, { bias: backend.upload(bias), activations, dtype: "float32" });
    results.push(await backend.download(y));
    backend.dispose();
  }
  return { wanted: results[0]!, got: results[1]! };
}

const n = (weight: HostQuantizedTensor | HostTensor): number =>
  ("quantized" in weight ? weight.quantized : weight).shape[0]!;

describe.skipIf(emulatorMissing).each(settings)("linear, thread order $seed, copies land $copies", (emulated) => {
  describe.each(shapes)("$m x $k times $n x $k, seed 11", ({ m, n, k }) => {
    test.each(["float16", "bfloat16", "float32"] as const)("%s times codes", async (dtype) => {
      const { got, wanted } = await both(emulated, tensor(dtype, [m, k], 60, 11), codes(n, k, 12), "float");
      expect(got).toEqual(wanted);
    });

    test.each(["float16", "bfloat16"] as const)("%s times the same dtype", async (dtype) => {
      const weight = tensor(dtype, [n, k], 100, 12);
      const { got, wanted } = await both(emulated, tensor(dtype, [m, k], 100, 11), weight, "float");
      expect(got).toEqual(wanted);
    });

    test.each(["int8", "int16"] as const)("%s activations", async (activations) => {
      const { got, wanted } = await both(emulated, tensor("float16", [m, k], 999, 11), codes(n, k, 12), activations);
      expect(got).toEqual(wanted);
    });
  });
});
