import { type FloatDType, floatDTypes, sizeOf } from "@octet/core";
import type { ConformanceCase } from "../../case.ts";
import type { Fault } from "../../faults.ts";
import { type LinearRow, linearCase, perChannel, perTensor, scaleCatches } from "./linear-case.ts";
import { gridInputs } from "./linear-data.ts";

/** x, n: rows from 1 past a tile of 32, k around the widths of registers and tiles, n below and past a tile. */
export const linearShapes: readonly (readonly [readonly number[], number])[] = [
  [[1, 1], 1],
  [[1, 3], 5],
  [[2, 5], 3],
  [[3, 7], 1],
  [[4, 17], 7],
  [[5, 31], 33],
  [[6, 33], 31],
  [[7, 64], 17],
  [[8, 65], 64],
  [[9, 127], 5],
  [[16, 130], 33],
  [[17, 32], 65],
  [[33, 48], 16],
  [[1, 1001], 17],
  [[3, 1001], 5],
  [[65], 9],
  [[2, 3, 33], 7],
  [[1, 2, 2, 16], 3],
];

/** Grid data in many shapes and in every combination of dtypes, for a mode that is exact. */
export function linearShapeCases(activations: "int16" | "int8"): ConformanceCase[] {
  const grid = (options: Partial<LinearRow> & Pick<LinearRow, "x" | "n">) => {
    const row = {
      name: "grid",
      activations,
      dtype: "float32",
      weight: perChannel,
      seed: 1,
      data: gridInputs,
      check: "exact",
      ...options,
    } as const;
    return linearCase({ ...row, catches: gridCatches(row) });
  };
  const combinations = floatDTypes.flatMap((dtype) => floatDTypes.map((output) => ({ dtype, output })));
  const biases: readonly (FloatDType | undefined)[] = [undefined, ...floatDTypes];
  return [
    ...linearShapes.map(([x, n]) => grid({ x, n })),
    ...linearShapes.map(([x, n], index) => grid({ x, n, bias: floatDTypes[index % 3] })),
    ...combinations.map((combination, index) => grid({ x: [3, 33], n: 6, ...combination, bias: biases[index % 4] })),
    ...[2, 3, 4, 5, 6, 7].map((bits) => grid({ x: [2, 37], n: 9, weight: { ...perChannel, bits } })),
    grid({ x: [5, 31], n: 33, weight: perTensor }),
    grid({ x: [1, 7], n: 1, weight: perTensor, bias: "float32" }),
    grid({ x: [3, 9], n: 5, weight: { ...perTensor, bits: 4 } }),
    ...emptyShapes.map(([x, n]) => grid({ x, n, name: "empty" })),
    grid({ x: [3, 0], n: 5, name: "empty", bias: "float32" }),
  ];
}

/** Every row has a maximum of its own, some of them last; the units of x and of the weights differ from row to row. */
function gridCatches(row: LinearRow): Fault[] {
  const { activations, dtype, x, n, bias, output = dtype } = row;
  const k = x[x.length - 1];
  if (sizeOf(x.slice(0, -1)) * n === 0) return [];
  if (k === 0) return bias === undefined ? ["negative-zero"] : [];
  // Next to a rounding to a half type, another range of codes shows only by chance.
  const shows = output === "float32" || (output === "float16" && dtype === "float32");
  return [
    "missed-maximum",
    ...scaleCatches(row),
    ...(activations === "int16" && sizeOf(x) * n > 1 && shows ? (["qmax-32767"] as const) : []),
    ...(output === "float32" ? [] : (["truncated-halves"] as const)),
  ];
}

/** No rows, no columns, no features: with no features the sum is +0. */
const emptyShapes: readonly (readonly [readonly number[], number])[] = [
  [[0, 5], 3],
  [[2, 5], 0],
  [[2, 0, 5], 3],
  [[3, 0], 5],
];
