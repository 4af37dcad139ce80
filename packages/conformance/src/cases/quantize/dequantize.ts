import {
  bitsToFloat32,
  dequantize,
  type FloatDType,
  floatDTypes,
  type Granularity,
  type HostQuantizedTensor,
} from "@octet/core";
import { dequantizeCall } from "../../calls.ts";
import type { ConformanceCase } from "../../case.ts";
import { checkOp } from "../../checks/check-op.ts";
import { codesTensor, gridScale, quantizedTensor, randomScale } from "../../data/data.ts";
import { Random } from "../../data/random.ts";
import type { Fault } from "../../faults.ts";
import { singleRoundingScales } from "../linear/single-rounding.ts";
import { everyOpCatches } from "../op-faults.ts";
import { type DequantizeRow, dequantizeCase, hasNeighbours } from "./dequantize-case.ts";

const perRow: Granularity = { kind: "channel", dim: 0 };
const perTensor: Granularity = { kind: "tensor" };

/** Floats from codes and scales, all exact: places, roundings, and the ends of the range of each output dtype. */
export function dequantizeCases(): ConformanceCase[] {
  return [...shapeCases(), ...roundingCases(), ...rangeCases(), defaultDTypeCase()];
}

const shapes: readonly (readonly [readonly number[], Granularity])[] = [
  [[1], perTensor],
  [[7], { kind: "channel", dim: 0 }],
  [[1, 5], perRow],
  [[3, 1], perRow],
  [[33, 31], perRow],
  [[7, 17], { kind: "channel", dim: 1 }],
  [[64, 65], perTensor],
  [[127, 130], perRow],
  [[5, 7, 3], { kind: "channel", dim: 1 }],
  [[2, 3, 5, 7], { kind: "channel", dim: 3 }],
  [[3, 5], { kind: "group", size: 1 }],
  [[7, 24], { kind: "group", size: 8 }],
  [[5, 96], { kind: "group", size: 32 }],
  [[65, 33], { kind: "group", size: 3 }],
];

/** Scales that are powers of two: nothing is rounded, only a wrong place can fail. */
function shapeCases(): ConformanceCase[] {
  const grid = (dtype: FloatDType, shape: readonly number[], granularity: Granularity, bits: number) =>
    dequantizeCase({
      name: "grid",
      dtype,
      shape,
      granularity,
      bits,
      seed: 1,
      data: (_row, random) => quantizedTensor(shape, granularity, bits, random, gridScale()),
      catches: hasNeighbours(granularity, shape) ? ["previous-scale"] : [],
    });
  return [
    ...shapes.map(([shape, granularity], index) => grid(floatDTypes[index % 3], shape, granularity, 8)),
    ...[2, 3, 4, 5, 6, 7].map((bits) => grid(floatDTypes[bits % 3], [5, 24], { kind: "group", size: 8 }, bits)),
    ...[2, 4].map((bits) => grid("float32", [5, 23], perRow, bits)),
  ];
}

/** All 256 codes under scales of any bits; and scales for which rounding once or twice makes a difference. */
function roundingCases(): ConformanceCase[] {
  return [
    ...floatDTypes.map((dtype) =>
      everyCode("every-code", dtype, 9, (random) => randomScale(random), [
        "previous-scale",
        ...(dtype === "float32" ? [] : (["truncated-halves"] as const)),
      ]),
    ),
    ...(["float16", "bfloat16"] as const).map((dtype) =>
      everyCode("rounded-to-float32-first", dtype, 12, () => singleRoundingScales(dtype, 12), [
        "previous-scale",
        "truncated-halves",
        "dequantize-rounds-once",
      ]),
    ),
  ];
}

/** Past the largest value an infinity, below the smallest a zero with the sign of the code, in between subnormals. */
function rangeCases(): ConformanceCase[] {
  const largest = bitsToFloat32(0x7f7fffff);
  const scale = (values: readonly number[]) => () => (channel: number) => values[channel];
  const subnormal = (row: number) => bitsToFloat32(1 + row * 37);
  return [
    ...floatDTypes.map((dtype) =>
      everyCode("overflow", dtype, 4, scale([largest, 2 ** 121, 600, 2 ** 120]), [
        "previous-scale",
        "saturated-overflow",
        ...(dtype === "float32" ? [] : (["truncated-halves"] as const)),
      ]),
    ),
    everyCode("subnormal-scale", "float32", 8, () => subnormal, ["previous-scale", "flushed-subnormals"]),
    everyCode("subnormal-scale", "float16", 8, () => subnormal, []),
    everyCode("subnormal-scale", "bfloat16", 8, () => subnormal, [
      "previous-scale",
      "flushed-subnormals",
      "truncated-halves",
    ]),
    everyCode("subnormal", "float16", 6, (random) => () => Math.fround((1 + random.uniform()) * 2 ** -20), [
      "previous-scale",
      "truncated-halves",
    ]),
    everyCode("underflow", "float16", 6, (random) => () => Math.fround((1 + random.uniform()) * 2 ** -31), [
      "previous-scale",
      "truncated-halves",
    ]),
    dequantizeCase({ ...empty, name: "empty", shape: [0, 5], granularity: perRow }),
    dequantizeCase({ ...empty, name: "empty", shape: [5, 0], granularity: perRow }),
    dequantizeCase({ ...empty, name: "empty", shape: [0], granularity: perTensor }),
    dequantizeCase({
      ...empty,
      name: "scalar",
      shape: [],
      granularity: perTensor,
      data: ({ shape, granularity }) => codesTensor(shape, granularity, 8, Int8Array.of(-128), () => 0.75),
    }),
  ];
}

const empty: Pick<DequantizeRow, "dtype" | "seed" | "data"> = {
  dtype: "float32",
  seed: 0,
  data: ({ shape, granularity, bits }, random) => quantizedTensor(shape, granularity, bits, random, gridScale()),
};

function everyCode(
  name: string,
  dtype: FloatDType,
  rows: number,
  scales: (random: Random) => (row: number) => number,
  catches: readonly Fault[],
): ConformanceCase {
  const codes = Int8Array.from({ length: rows * 256 }, (_, index) => (index % 256) - 128);
  return dequantizeCase({
    name,
    dtype,
    shape: [rows, 256],
    granularity: perRow,
    seed: 2,
    data: ({ shape, granularity }, random) => codesTensor(shape, granularity, 8, codes, scales(random)),
    catches,
  });
}

function defaultDTypeCase(): ConformanceCase {
  return {
    id: "dequantize/default-dtype-is-float16.5x7.b8.dim0.seed3",
    family: "dequantize",
    needs: [dequantizeCall({ shape: [5, 7], granularity: perRow, bits: 8 }, "float16")],
    catches: [...everyOpCatches, "dropped-tail", "previous-scale", "ignored-output-dtype"],
    run: (context) => {
      const q: HostQuantizedTensor = quantizedTensor([5, 7], perRow, 8, new Random(3), gridScale());
      return checkOp(context, { inputs: { q }, call: (operands) => dequantize(operands.q) });
    },
  };
}
