import { type FloatDType, type HostTensor, hostTensor, narrow } from "@octet/core";
import type { ConformanceCase } from "../../case.ts";
import { codesTensor, generate, gridExponent } from "../../data/data.ts";
import type { Random } from "../../data/random.ts";
import type { Fault } from "../../faults.ts";
import {
  type LinearInputs,
  type LinearRow,
  linearCase,
  perChannel,
  scaleCatches,
  type WeightSpec,
} from "./linear-case.ts";

/**
 * Every product is an integer times a power of two and the magnitudes of each sum add up to less than 2^24: the result is one number
 * in every order of summation, and is met bit for bit. Bounds alone would be too kind: who cuts operands or sums to fewer bits fails here.
 */
export function exactSumCases(): ConformanceCase[] {
  const exact = (
    x: readonly number[],
    n: number,
    rest: Partial<LinearRow> & { readonly xBits: number },
    catches: readonly Fault[],
  ) => {
    const { xBits, ...options } = rest;
    const row = {
      name: `exact-sum-${xBits}-bits`,
      activations: "float",
      dtype: "float32",
      x,
      n,
      weight: perChannel,
      seed: 2,
      data: (linearRow: LinearRow, random: Random) => exactInputs(linearRow, xBits, random),
      check: "exact",
      ...options,
    } as const;
    return linearCase({ ...row, catches: [...scaleCatches(row), ...catches] });
  };
  const float32: readonly Fault[] = ["tensor-float-32"];
  const half: readonly Fault[] = ["half-sums"];
  const group: WeightSpec = { granularity: { kind: "group", size: 8 }, bits: 8 };
  return [
    exact([1, 3], 5, { xBits: 14 }, float32),
    exact([5, 33], 17, { xBits: 13 }, float32),
    exact([3, 127], 9, { xBits: 13, bias: "float32" }, float32),
    exact([9, 64], 33, { xBits: 12, bias: "bfloat16" }, float32),
    exact([2, 1001], 5, { xBits: 13 }, float32),
    exact([1, 2051], 3, { xBits: 12 }, float32),
    exact([5, 40], 7, { xBits: 13, weight: group }, float32),
    exact([5, 33], 17, { xBits: 12, weight: { granularity: { kind: "tensor" }, bits: 4 } }, float32),
    exact([5, 33], 17, { xBits: 4, weight: { dtype: "float32" } }, float32),
    exact([5, 33], 17, { xBits: 11, dtype: "float16", output: "float32" }, half),
    exact([2, 1001], 5, { xBits: 8, dtype: "bfloat16", output: "float32" }, half),
    exact([3, 130], 9, { xBits: 8, dtype: "float16", output: "float32", weight: { dtype: "float16" } }, half),
    exact([5, 65], 9, { xBits: 11, dtype: "float16", bias: "float16" }, [...half, "truncated-halves"]),
    exact([5, 65], 9, { xBits: 8, dtype: "bfloat16", bias: "bfloat16" }, [...half, "truncated-halves"]),
    exact([5, 65], 9, { xBits: 13, output: "float16" }, [...float32, "truncated-halves"]),
    exact([5, 65], 9, { xBits: 13, output: "bfloat16" }, [...float32, "truncated-halves"]),
  ];
}

/**
 * x: odd integers of `xBits` bits. Weights: integers as large as the sum allows, in units of a power of two that differs from channel
 * to channel. Results are below 2^24 of those units, and float16 holds them.
 */
export function exactInputs({ dtype, x, n, weight, bias }: LinearRow, xBits: number, random: Random): LinearInputs {
  const k = x[x.length - 1];
  // The bias takes part in the sum with less than 2^22 units.
  const limit = Math.floor((3 * 2 ** 22) / (k * 2 ** xBits));
  const unit = (channel: number) => 2 ** (gridExponent(channel) - 12);
  const odd = () => random.pick([-1, 1]) * (2 ** (xBits - 1) + 2 * random.integer(0, 2 ** (xBits - 2) - 1) + 1);
  return {
    x: generate(dtype, x, odd),
    weight: exactWeight(weight, [n, k], limit, unit, random),
    bias: bias && exactBias(bias, n, unit, random),
  };
}

function exactWeight(
  weight: WeightSpec,
  shape: readonly [number, number],
  limit: number,
  unit: (channel: number) => number,
  random: Random,
): LinearInputs["weight"] {
  if (limit < 1) throw new RangeError("x leaves no room for weights below 2^24");
  if ("dtype" in weight) {
    const bound = Math.min(limit, weight.dtype === "float32" ? limit : 255);
    return generate(weight.dtype, shape, (index) => random.integer(-bound, bound) * unit(Math.floor(index / shape[1])));
  }
  const { granularity, bits } = weight;
  // In groups a sum runs over several scales, up to 4 units.
  const bound = Math.min(granularity.kind === "group" ? Math.floor(limit / 4) : limit, 2 ** (bits - 1) - 1);
  const codes = Int8Array.from({ length: shape[0] * shape[1] }, () => random.integer(-bound, bound));
  const scale = granularity.kind === "channel" ? unit : (group: number) => 2 ** (-12 + (group % 3));
  return codesTensor(shape, granularity, bits, codes, scale);
}

function exactBias(
  dtype: FloatDType,
  n: number,
  unit: (channel: number) => number,
  random: Random,
): HostTensor<FloatDType> {
  const values = Float32Array.from({ length: n }, (_, channel) => random.integer(1, 255) * unit(channel));
  return hostTensor(dtype, [n], narrow(values, dtype));
}
