import { type FloatDType, floatDTypes, sizeOf } from "@octet/core";
import type { ConformanceCase } from "../../case.ts";
import { generate, quantizedTensor } from "../../data/data.ts";
import type { Fault } from "../../faults.ts";
import { type LinearRow, linearCase, perChannel, perTensor, scaleCatches, type WeightSpec } from "./linear-case.ts";
import { normalInputs } from "./linear-data.ts";
import { linearShapes } from "./linear-shapes.ts";

const groups: readonly (readonly [readonly number[], number, number])[] = [
  [[3, 5], 7, 1],
  [[1, 8], 1, 8],
  [[5, 40], 9, 8],
  [[2, 96], 33, 32],
  [[9, 33], 5, 3],
  [[1, 1024], 6, 32],
];

/** Data of any kind, compared with float64 to within the bound of the contract; each also gives the same bits twice. */
export function linearBoundCases(): ConformanceCase[] {
  const normal = (x: readonly number[], n: number, options: Partial<LinearRow>) => {
    const row = {
      name: "normal",
      activations: "float",
      dtype: "float32",
      x,
      n,
      weight: perChannel,
      seed: 1,
      data: normalInputs,
      check: "bound",
      ...options,
    } as const;
    return linearCase({ ...row, catches: boundCatches(row) });
  };
  const group = (size: number, bits = 8): WeightSpec => ({ granularity: { kind: "group", size }, bits });
  const combinations = floatDTypes.flatMap((dtype) => floatDTypes.map((output) => ({ dtype, output })));
  const biases: readonly (FloatDType | undefined)[] = [undefined, ...floatDTypes];
  return [
    ...linearShapes.map(([x, n]) => normal(x, n, {})),
    ...linearShapes.map(([x, n], index) => normal(x, n, { bias: floatDTypes[index % 3] })),
    ...combinations.map((combination, index) => normal([3, 33], 6, { ...combination, bias: biases[index % 4] })),
    ...groups.map(([x, n, size]) => normal(x, n, { weight: group(size) })),
    ...(["float16", "bfloat16"] as const).map((dtype) => normal([3, 96], 9, { dtype, weight: group(32), bias: dtype })),
    ...[2, 3, 4, 5, 6, 7].map((bits) => normal([2, 48], 9, { weight: group(16, bits) })),
    ...floatDTypes.map((dtype) => normal([5, 65], 33, { weight: { dtype }, bias: "float32" })),
    ...(["float16", "bfloat16"] as const).map((dtype) => normal([9, 130], 17, { dtype, weight: { dtype } })),
    normal([5, 31], 33, { weight: perTensor }),
    ...emptyShapes.map(([x, n]) => normal(x, n, { name: "empty" })),
    normal([3, 0], 5, { name: "empty", bias: "float32" }),
    normal([2, 5, 0], 3, { name: "empty", weight: { dtype: "float32" } }),
    normal([9, 65], 33, { name: "far-apart", data: farApart }),
    normal([9, 65], 33, { name: "large-float16", dtype: "float16", output: "float32", data: largeHalves }),
  ];
}

/** The bound grows with k: past some hundred features, one that cuts operands to 11 bits stays within it. */
export function boundCatches(row: LinearRow): Fault[] {
  const { dtype, x, n, output = dtype } = row;
  const k = x[x.length - 1];
  if (sizeOf(x.slice(0, -1)) * n === 0) return [];
  if (k === 0) return row.bias === undefined ? [] : ["unrepeatable-sums"];
  return [
    "unrepeatable-sums",
    ...scaleCatches(row),
    ...(dtype === "float32" && k <= 130 ? (["tensor-float-32"] as const) : []),
    ...(dtype === "float32" ? [] : (["half-sums"] as const)),
    ...(output === "float32" ? [] : (["truncated-halves"] as const)),
  ];
}

const emptyShapes: readonly (readonly [readonly number[], number])[] = [
  [[0, 5], 3],
  [[2, 5], 0],
  [[3, 0], 5],
];

/** Activations near 2^90 and scales near 2^-100: products are moderate, and neither operand fits a smaller type. */
function farApart({ x, n }: LinearRow, random: Parameters<LinearRow["data"]>[1]): ReturnType<LinearRow["data"]> {
  return {
    x: generate("float32", x, () => random.normal() * 2 ** 90),
    weight: quantizedTensor(
      [n, x[1]],
      { kind: "channel", dim: 0 },
      8,
      random,
      () => (1 + random.uniform()) * 2 ** -100,
    ),
    bias: undefined,
  };
}

/** float16 activations near their largest value: sums go far past it. */
function largeHalves(row: LinearRow, random: Parameters<LinearRow["data"]>[1]): ReturnType<LinearRow["data"]> {
  const { weight, bias } = normalInputs(row, random);
  return { x: generate("float16", row.x, () => 65504 * (0.5 + random.uniform() / 2)), weight, bias };
}
