import type { ConformanceCase } from "../../case.ts";
import { generate, normalTensor, quantizedTensor, randomScale } from "../../data/data.ts";
import type { Random } from "../../data/random.ts";
import type { Fault } from "../../faults.ts";
import { boundCatches } from "./linear-bound-cases.ts";
import { type LinearInputs, type LinearRow, linearCase, perChannel, type WeightSpec } from "./linear-case.ts";

/**
 * Data past what the bound presupposes: rows of x so large that sums overflow on the way, scales so large that results do, subnormal
 * scales. An element may have any value there, but no call may fail for it, the elements beside it keep their bound, and the same
 * call gives the same bits again.
 */
export function pastBoundCases(): ConformanceCase[] {
  const past = (name: PastName, x: readonly number[], n: number, options: Partial<LinearRow> = {}) => {
    const row = {
      name,
      activations: "float",
      dtype: "float32",
      x,
      n,
      weight: perChannel,
      seed: 6,
      data: dataOf[name],
      check: "bound",
      ...options,
    } as const;
    return linearCase({ ...row, catches: [...boundCatches(row), ...overflowCatches[name]] });
  };
  const groups: WeightSpec = { granularity: { kind: "group", size: 16 }, bits: 8 };
  const floats: WeightSpec = { dtype: "float32" };
  return [
    past("large-rows", [5, 65], 33),
    past("large-rows", [5, 40], 9, { dtype: "bfloat16" }),
    past("large-rows", [5, 33], 6, { output: "float16", bias: "float32" }),
    past("large-rows", [3, 64], 9, { weight: groups }),
    past("large-rows", [3, 33], 9, { weight: floats }),
    past("large-scales", [1, 33], 9),
    past("large-scales", [5, 65], 33),
    past("large-scales", [3, 64], 9, { weight: groups }),
    past("large-weights", [1, 33], 9, { weight: floats }),
    past("large-weights", [5, 65], 33, { weight: floats }),
    past("subnormal-scales", [1, 33], 9),
    past("subnormal-scales", [5, 65], 33),
    past("subnormal-scales", [3, 64], 9, { weight: groups, bias: "float16" }),
  ];
}

type PastName = "large-rows" | "large-scales" | "large-weights" | "subnormal-scales";

const dataOf: Readonly<Record<PastName, LinearRow["data"]>> = {
  "large-rows": largeRows,
  "large-scales": scaledBy(2 ** 120),
  "large-weights": largeWeights,
  "subnormal-scales": scaledBy(2 ** -140),
};

/** Where the reference's results are infinities, and whether others lie in the same row. */
const overflowCatches: Readonly<Record<PastName, readonly Fault[]>> = {
  "large-rows": ["refused-overflow"],
  "large-scales": ["refused-overflow", "spread-overflow"],
  "large-weights": ["refused-overflow", "spread-overflow"],
  "subnormal-scales": [],
};

/** Never the first row or column. */
const isPast = (index: number): boolean => index % 3 === 1;

/** Every third row is near the largest float32, with both signs: sums overflow on the way, though they may end below. */
function largeRows(row: LinearRow, random: Random): LinearInputs {
  const k = row.x[row.x.length - 1];
  const x = generate(row.dtype, row.x, (index) => {
    const value = random.normal();
    return isPast(Math.floor(index / k)) ? Math.max(-1.9, Math.min(1.9, value)) * 2 ** 127 : value;
  });
  return { ...weightAndBias(row, random, randomScale(random)), x };
}

/** Every third column, or group of each third column, has a scale of this size. */
function scaledBy(size: number): LinearRow["data"] {
  return (row, random) => {
    const { weight } = row;
    const perColumn =
      "granularity" in weight && weight.granularity.kind === "group"
        ? row.x[row.x.length - 1] / weight.granularity.size
        : 1;
    const usual = randomScale(random);
    const scale = (channel: number): number => {
      const past = isPast(Math.floor(channel / perColumn)) && channel % perColumn === perColumn - 1;
      return past ? Math.fround((1 + random.uniform()) * size) : usual();
    };
    return { ...weightAndBias(row, random, scale), x: normalTensor(row.dtype, row.x, random) };
  };
}

/** Every third column has float weights near the largest float32. */
function largeWeights(row: LinearRow, random: Random): LinearInputs {
  const k = row.x[row.x.length - 1];
  const weight = generate(
    "float32",
    [row.n, k],
    (index) => random.normal() * (isPast(Math.floor(index / k)) ? 2 ** 125 : 1),
  );
  return { x: normalTensor(row.dtype, row.x, random), weight, bias: undefined };
}

function weightAndBias(
  { x, n, weight, bias }: LinearRow,
  random: Random,
  scale: (channel: number) => number,
): Pick<LinearInputs, "weight" | "bias"> {
  const shape = [n, x[x.length - 1]];
  return {
    weight:
      "dtype" in weight
        ? normalTensor(weight.dtype, shape, random)
        : quantizedTensor(shape, weight.granularity, weight.bits, random, scale),
    bias: bias && normalTensor(bias, [n], random),
  };
}
