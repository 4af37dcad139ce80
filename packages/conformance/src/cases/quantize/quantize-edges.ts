import { type FloatDType, type Granularity, type HostTensor, sizeOf } from "@octet/core";
import type { ConformanceCase } from "../../case.ts";
import { bitsTensor, floatTensor, generate } from "../../data/data.ts";
import type { Random } from "../../data/random.ts";
import type { Fault } from "../../faults.ts";
import { finitePatterns } from "../finite-patterns.ts";
import { type QuantizeRow, quantizeCase } from "./quantize-case.ts";

const perRow: Granularity = { kind: "channel", dim: 0 };
const perColumn: Granularity = { kind: "channel", dim: 1 };
const perTensor: Granularity = { kind: "tensor" };

/** Zeros, nothing at all, and the ends of the range of floats. */
export function quantizeEdgeCases(): ConformanceCase[] {
  return [...emptyCases(), ...zeroCases(), ...subnormalCases(), ...largestCases(), ...patternCases()];
}

function edge(
  name: string,
  dtype: FloatDType,
  shape: readonly number[],
  granularity: Granularity,
  catches: readonly Fault[],
  data: QuantizeRow["data"],
): ConformanceCase {
  return quantizeCase({ name, dtype, shape, granularity, seed: 5, data, catches });
}

function emptyCases(): ConformanceCase[] {
  const empty = (shape: readonly number[], granularity: Granularity) =>
    edge("empty", "float32", shape, granularity, [], () => floatTensor("float32", shape, []));
  return [
    empty([0], perTensor),
    empty([0, 5], perRow),
    empty([0, 5], perColumn),
    empty([5, 0], perRow),
    empty([3, 0], { kind: "group", size: 8 }),
    empty([0, 16], { kind: "group", size: 8 }),
    edge("scalar", "float32", [], perTensor, ["missed-maximum"], () => floatTensor("float32", [], [-2.5])),
  ];
}

function zeroCases(): ConformanceCase[] {
  const zeros = (dtype: FloatDType, granularity: Granularity) =>
    edge("zeros", dtype, [5, 7], granularity, [], ({ shape }) =>
      generate(dtype, shape, (index) => (index % 2 === 0 ? 0 : -0)),
    );
  return [
    zeros("float32", perRow),
    zeros("float16", perTensor),
    zeros("bfloat16", perColumn),
    edge("zero-rows", "float32", [6, 33], perRow, ["missed-maximum", "previous-scale"], ({ shape }, random) =>
      generate("float32", shape, (index) => (Math.floor(index / 33) % 2 === 0 ? -0 : random.normal())),
    ),
  ];
}

/** Rows whose maximum is a subnormal: scales of few bits, -128 reached, and below 64 units the scale itself underflows to 1. */
function subnormalCases(): ConformanceCase[] {
  const anyScale: readonly Fault[] = [
    "reciprocal-of-scale",
    "reciprocal-of-qmax",
    "unrounded-quotient",
    "previous-scale",
  ];
  const few: readonly Fault[] = ["flushed-subnormals", "reciprocal-of-scale"];
  const float32 = (
    shape: readonly number[],
    granularity: Granularity,
    catches: readonly Fault[],
    maxima: (row: number) => number,
  ) =>
    edge("subnormal", "float32", shape, granularity, [...few, "round-half-up", ...catches], (_row, random) =>
      bitsTensor("float32", shape, patternsUpTo(maxima, shape, random, 0x80000000)),
    );
  return [
    float32([200, 17], perRow, ["previous-scale"], (row) => row + 1),
    float32([40, 33], perRow, ["previous-scale"], (row) => 64 + row * 2 ** (row % 17)),
    float32([7, 33], perTensor, [], () => 16065),
    edge("subnormal", "bfloat16", [20, 17], perRow, [...few, "previous-scale"], ({ shape }, random) =>
      bitsTensor(
        "bfloat16",
        shape,
        patternsUpTo((row) => row + 1, shape, random, 0x8000),
      ),
    ),
    edge("subnormal", "float16", [20, 17], perRow, anyScale, ({ shape }, random) =>
      bitsTensor(
        "float16",
        shape,
        patternsUpTo((row) => (row + 1) * 50, shape, random, 0x8000),
      ),
    ),
    edge(
      "subnormal-scale",
      "float32",
      [9, 33],
      perRow,
      [...few, "previous-scale", "reciprocal-of-qmax", "missed-maximum"],
      ({ shape }, random) =>
        generate("float32", shape, (index) => random.normal() * 2 ** (-126 + (Math.floor(index / 33) % 9))),
    ),
  ];
}

/** Random bit patterns up to each row's maximum, which comes first, with random signs. */
function patternsUpTo(
  maxima: (row: number) => number,
  shape: readonly number[],
  random: Random,
  sign: number,
): number[] {
  const columns = shape[shape.length - 1];
  return Array.from({ length: sizeOf(shape) }, (_, index) => {
    const maximum = maxima(Math.floor(index / columns));
    const magnitude = index % columns === 0 ? maximum : random.integer(0, maximum);
    return magnitude + (random.word() % 2) * sign;
  });
}

const largest: Readonly<Record<FloatDType, number>> = {
  float32: 2 ** 128 - 2 ** 104,
  float16: 65504,
  bfloat16: 2 ** 128 - 2 ** 120,
};

function largestCases(): ConformanceCase[] {
  const row = (dtype: FloatDType, granularity: Granularity, catches: readonly Fault[]) =>
    edge("largest", dtype, [9, 17], granularity, catches, ({ shape }, random) =>
      generate(dtype, shape, (index) => (index % 17 === 3 ? -1 : random.uniform() * 2 - 1) * largest[dtype]),
    );
  return [
    row("float32", perRow, ["reciprocal-of-qmax"]),
    row("float32", perTensor, ["reciprocal-of-qmax"]),
    row("float16", perRow, []),
    row("bfloat16", perRow, []),
  ];
}

/** Bit patterns of every kind side by side: mixed exponents in one row, and all finite values of the half types. */
function patternCases(): ConformanceCase[] {
  const any: readonly Fault[] = ["reciprocal-of-qmax", "previous-scale", "missed-maximum"];
  return [
    edge("all-exponents", "float32", [64, 40], perRow, any, ({ shape }, random) =>
      randomPatterns(shape, () => finiteBits(random)),
    ),
    edge(
      "exponent-per-row",
      "float32",
      [254, 9],
      perRow,
      [...any, "flushed-subnormals", "reciprocal-of-scale"],
      ({ shape }, random) =>
        randomPatterns(shape, (index) => {
          const exponent = Math.max(0, Math.floor(index / 9) + 1 - random.integer(0, 6));
          return (exponent << 23) | (random.word() & 0x7fffff);
        }),
    ),
    edge("every-value", "float16", [992, 64], perRow, any, ({ shape }) =>
      bitsTensor("float16", shape, finitePatterns("float16")),
    ),
    edge(
      "every-value",
      "bfloat16",
      [510, 128],
      perRow,
      [...any, "flushed-subnormals", "reciprocal-of-scale"],
      ({ shape }) => bitsTensor("bfloat16", shape, finitePatterns("bfloat16")),
    ),
  ];
}

function randomPatterns(shape: readonly number[], pattern: (index: number) => number): HostTensor<FloatDType> {
  return bitsTensor(
    "float32",
    shape,
    Array.from({ length: sizeOf(shape) }, (_, index) => pattern(index)),
  );
}

/** Any finite float32, every bit pattern as likely. */
function finiteBits(random: Random): number {
  return (random.word() % 0x7f800000) + (random.word() % 2) * 0x80000000;
}
