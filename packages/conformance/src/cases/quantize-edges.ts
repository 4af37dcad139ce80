import { type FloatDType, type Granularity, type HostTensor, sizeOf } from "@octet/core";
import type { ConformanceCase } from "../case.ts";
import { bitsTensor, floatTensor, generate } from "../data.ts";
import type { Fault } from "../faults.ts";
import type { Random } from "../random.ts";
import { finitePatterns } from "./finite-patterns.ts";
import { type QuantizeRow, quantizeCase } from "./quantize-case.ts";

const perRow: Granularity = { kind: "channel", dim: 0 };
const perTensor: Granularity = { kind: "tensor" };

/** Zeros, nothing at all, and the ends of the range of floats. */
export function quantizeEdgeCases(): ConformanceCase[] {
  return [...emptyCases(), ...zeroCases(), ...subnormalCases(), ...largestCases(), ...patternCases()];
}

function emptyCases(): ConformanceCase[] {
  const row = (shape: readonly number[], granularity: Granularity) =>
    quantizeCase({
      name: "empty",
      dtype: "float32",
      shape,
      granularity,
      seed: 0,
      data: () => floatTensor("float32", shape, []),
    });
  return [
    row([0], perTensor),
    row([0, 5], perRow),
    row([0, 5], { kind: "channel", dim: 1 }),
    row([5, 0], perRow),
    row([3, 0], { kind: "group", size: 8 }),
    row([0, 16], { kind: "group", size: 8 }),
    edge("scalar", "float32", [], perTensor, () => floatTensor("float32", [], [-2.5]), ["missed-maximum"]),
  ];
}

function zeroCases(): ConformanceCase[] {
  const signedZeros = (dtype: FloatDType, shape: readonly number[]) =>
    generate(dtype, shape, (index) => (index % 2 === 0 ? 0 : -0));
  return [
    edge("zeros", "float32", [5, 7], perRow, ({ dtype, shape }) => signedZeros(dtype, shape)),
    edge("zeros", "float16", [5, 7], perTensor, ({ dtype, shape }) => signedZeros(dtype, shape)),
    edge("zeros", "bfloat16", [5, 7], { kind: "channel", dim: 1 }, ({ dtype, shape }) => signedZeros(dtype, shape)),
    edge("zero-rows", "float32", [6, 33], perRow, ({ dtype, shape }, random) =>
      generate(dtype, shape, (index) => (Math.floor(index / 33) % 2 === 0 ? -0 : random.normal())),
    ),
  ];
}

/** Rows whose maximum is a subnormal: scales of few bits, -128 reached, and below 64 units the scale itself underflows to 1. */
function subnormalCases(): ConformanceCase[] {
  const rows = (maxima: (row: number) => number) => (row: Required<QuantizeRow>, random: Random) =>
    subnormalRows(row, random, maxima);
  return [
    edge(
      "subnormal",
      "float32",
      [200, 17],
      perRow,
      rows((row) => row + 1),
      ["flushed-subnormals"],
    ),
    edge(
      "subnormal",
      "float32",
      [40, 33],
      perRow,
      rows((row) => 64 + row * 2 ** (row % 17)),
      ["flushed-subnormals"],
    ),
    edge(
      "subnormal",
      "float32",
      [7, 33],
      perTensor,
      rows(() => 16065),
      ["flushed-subnormals"],
    ),
    edge(
      "subnormal",
      "bfloat16",
      [20, 17],
      perRow,
      rows((row) => (row + 1) << 16),
      ["flushed-subnormals"],
    ),
    edge("subnormal", "float16", [20, 17], perRow, ({ shape }, random) =>
      bitsTensor(
        "float16",
        shape,
        signed(shape, random, (row) => (row + 1) * 50, 0x8000),
      ),
    ),
    edge(
      "subnormal-scale",
      "float32",
      [9, 33],
      perRow,
      ({ shape }, random) =>
        generate("float32", shape, (index) => random.normal() * 2 ** (-126 + (Math.floor(index / 33) % 9))),
      ["flushed-subnormals"],
    ),
  ];
}

function subnormalRows(
  { dtype, shape }: Required<QuantizeRow>,
  random: Random,
  maxima: (row: number) => number,
): HostTensor<FloatDType> {
  const words = signed(shape, random, maxima, 0x80000000);
  return bitsTensor(dtype, shape, dtype === "bfloat16" ? words.map((word) => word >>> 16) : words);
}

/** Random magnitudes up to each row's maximum, as bit patterns, with random signs. */
function signed(shape: readonly number[], random: Random, maxima: (row: number) => number, sign: number): number[] {
  const columns = shape[shape.length - 1];
  return Array.from({ length: sizeOf(shape) }, (_, index) => {
    const maximum = maxima(Math.floor(index / columns));
    const magnitude = index % columns === 0 ? maximum : random.integer(0, maximum);
    return magnitude + (random.word() % 2) * sign;
  });
}

function largestCases(): ConformanceCase[] {
  const largest: Readonly<Record<FloatDType, number>> = {
    float32: 2 ** 128 - 2 ** 104,
    float16: 65504,
    bfloat16: 2 ** 128 - 2 ** 120,
  };
  const row = (dtype: FloatDType, granularity: Granularity) =>
    edge("largest", dtype, [9, 17], granularity, ({ shape }, random) =>
      generate(dtype, shape, (index) =>
        index % 17 === 3 ? -largest[dtype] : (random.uniform() * 2 - 1) * largest[dtype],
      ),
    );
  return [row("float32", perRow), row("float32", perTensor), row("float16", perRow), row("bfloat16", perRow)];
}

/** Bit patterns of every kind side by side: mixed exponents in one row, and all finite values of the half types. */
function patternCases(): ConformanceCase[] {
  return [
    edge("all-exponents", "float32", [64, 40], perRow, ({ shape }, random) =>
      bitsTensor(
        "float32",
        shape,
        Array.from({ length: 2560 }, () => (random.integer(0, 0x7f7fffff) + (random.word() % 2) * 0x80000000) >>> 0),
      ),
    ),
    edge(
      "exponent-per-row",
      "float32",
      [254, 9],
      perRow,
      ({ shape }, random) =>
        bitsTensor(
          "float32",
          shape,
          Array.from({ length: 254 * 9 }, (_, index) => {
            const exponent = Math.max(0, Math.floor(index / 9) + 1 - random.integer(0, 6));
            return (exponent << 23) | (random.word() & 0x7fffff);
          }),
        ),
      ["flushed-subnormals"],
    ),
    edge("every-value", "float16", [992, 64], perRow, ({ shape }) =>
      bitsTensor("float16", shape, finitePatterns("float16")),
    ),
    edge(
      "every-value",
      "bfloat16",
      [510, 128],
      perRow,
      ({ shape }) => bitsTensor("bfloat16", shape, finitePatterns("bfloat16")),
      ["flushed-subnormals"],
    ),
  ];
}

function edge(
  name: string,
  dtype: FloatDType,
  shape: readonly number[],
  granularity: Granularity,
  data: QuantizeRow["data"],
  catches: readonly Fault[] = [],
): ConformanceCase {
  return quantizeCase({ name, dtype, shape, granularity, seed: 5, data, catches });
}
