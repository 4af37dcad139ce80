import { bitRange, type FloatDType, floatDTypes, type Granularity } from "@octet/core";
import type { ConformanceCase } from "../../case.ts";
import { gridTensor } from "../../data/data.ts";
import { gridCatches, quantizeCase } from "./quantize-case.ts";

/** Extents around the widths of registers and workgroups, 1 to 4 axes. */
const shapes: readonly (readonly number[])[] = [
  [1],
  [7],
  [1, 1],
  [1, 5],
  [3, 1],
  [5, 3],
  [7, 17],
  [33, 31],
  [64, 65],
  [3, 1001],
  [127, 130],
  [5, 7, 3],
  [2, 1, 33],
  [2, 3, 5, 7],
];

/** Grid data in many shapes: nothing is rounded, so that only a wrong place can fail. */
export function quantizeShapeCases(): ConformanceCase[] {
  return [
    ...shapes.flatMap((shape) => [
      quantizeGridCase("float32", shape, { kind: "tensor" }),
      ...shape.map((_, dim) => quantizeGridCase("float32", shape, { kind: "channel", dim })),
    ]),
    quantizeGridCase("float32", [5, 7, 3], { kind: "channel", dim: -2 }),
    ...groupCases(),
    ...(["float16", "bfloat16"] as const).flatMap((dtype) => [
      quantizeGridCase(dtype, [7], { kind: "tensor" }),
      quantizeGridCase(dtype, [1, 5], { kind: "channel", dim: 0 }),
      quantizeGridCase(dtype, [33, 31], { kind: "channel", dim: 0 }),
      quantizeGridCase(dtype, [7, 17], { kind: "channel", dim: 1 }),
      quantizeGridCase(dtype, [5, 7, 3], { kind: "channel", dim: 1 }),
      quantizeGridCase(dtype, [5, 127], { kind: "tensor" }),
      quantizeGridCase(dtype, [3, 40], { kind: "group", size: 8 }),
    ]),
    ...bitsCases(),
  ];
}

function groupCases(): ConformanceCase[] {
  const rows: readonly (readonly [readonly number[], number])[] = [
    [[32], 32],
    [[3, 5], 1],
    [[3, 5], 5],
    [[7, 24], 8],
    [[5, 96], 32],
    [[65, 33], 3],
    [[2, 3, 64], 32],
    [[2, 2, 3, 16], 8],
  ];
  return rows.map(([shape, size]) => quantizeGridCase("float32", shape, { kind: "group", size }));
}

function bitsCases(): ConformanceCase[] {
  const granularities: readonly Granularity[] = [
    { kind: "tensor" },
    { kind: "channel", dim: 0 },
    { kind: "channel", dim: 1 },
    { kind: "group", size: 8 },
  ];
  return [2, 3, 4, 5, 6, 7].flatMap((bits) =>
    granularities.map((granularity, index) =>
      quantizeGridCase(floatDTypes[(bits + index) % 3], [5, 24], granularity, bits),
    ),
  );
}

export function quantizeGridCase(
  dtype: FloatDType,
  shape: readonly number[],
  granularity: Granularity,
  bits = 8,
): ConformanceCase {
  return quantizeCase({
    name: "grid",
    dtype,
    shape,
    granularity,
    bits,
    seed: 1,
    data: (row, random) => gridTensor(dtype, shape, row.granularity, bitRange(bits).highest, random),
    catches: gridCatches(granularity, shape, bits),
  });
}
