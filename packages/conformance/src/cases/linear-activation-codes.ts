import { activationRange, bitsToFloat32, float32ToBits } from "@octet/core";
import type { ConformanceCase } from "../case.ts";
import { bitsTensor } from "../data.ts";
import type { Fault } from "../faults.ts";
import type { Random } from "../random.ts";
import { finitePatterns } from "./finite-patterns.ts";
import { identityWeight, matrix, type Probe, probeCase } from "./linear-probes.ts";

type ExactMode = "int16" | "int8";

/** How the exact modes quantize the rows of x, seen through weights of 1: y = code * scale. */
export function activationCodeCases(activations: ExactMode): ConformanceCase[] {
  const { qmax } = activationRange[activations];
  const seen = (
    name: string,
    m: number,
    k: number,
    x: Probe["x"],
    catches: readonly Fault[],
    rest: Partial<Probe> = {},
  ) => probeCase({ name, activations, m, n: k, k, x, weight: () => identityWeight(k), catches, ...rest });
  return [
    seen("ties", 9, 33, (random) => tieRows(qmax, random), ["round-half-up", "missed-maximum"]),
    ...(["float16", "bfloat16"] as const).map((dtype) =>
      seen("half-maximum", 31, 5, halfMaximumRows, ["round-half-up"], { dtype, output: "float32" }),
    ),
    seen("near-ties", 20, 65, (random) => nearTieRows(qmax, random), [
      "round-half-up",
      "reciprocal-of-scale",
      "unrounded-quotient",
      "missed-maximum",
    ]),
    seen("scales", 300, 3, (random) => matrix(300, 3, () => random.normal()), ["reciprocal-of-qmax"]),
    seen("zero-rows", 5, 9, (random) => matrix(5, 9, (row) => (row % 2 === 0 ? -0 : random.normal())), [
      "negative-zero",
    ]),
    seen(
      "largest",
      7,
      5,
      (random) => matrix(7, 5, (_row, column) => (column === 2 ? -1 : random.uniform()) * largest),
      [],
      {
        weight: () => identityWeight(5, 2 ** -10),
      },
    ),
    seen(
      "subnormal-rows",
      40,
      5,
      (random) => subnormalRows(40, random, (row) => (row + 1) * 2 ** (row % 18)),
      ["flushed-subnormals"],
      {
        weight: () => identityWeight(5, 2 ** 100),
      },
    ),
    // The scale is one unit, 2^-149, though the maximum is up to 1.3 * qmax units.
    seen(
      "below-the-range",
      40,
      5,
      (random) => subnormalRows(40, random, (row) => Math.ceil(qmax * (0.52 + 0.02 * row))),
      ["asymmetric-activations", "flushed-subnormals"],
      { weight: () => identityWeight(5, 2 ** 126) },
    ),
    seen("every-value", 3968, 16, () => bitsTensor("float16", [3968, 16], finitePatterns("float16")), [], {
      dtype: "float16",
      output: "float32",
    }),
    seen(
      "every-value",
      4080,
      16,
      () => bitsTensor("bfloat16", [4080, 16], finitePatterns("bfloat16")),
      ["flushed-subnormals"],
      {
        dtype: "bfloat16",
        output: "float32",
      },
    ),
  ];
}

const largest = bitsToFloat32(0x7f7fffff);

/** Rows of k + 1/2 under a scale that is a power of two. */
function tieRows(qmax: number, random: Random): Float32Array {
  return matrix(
    9,
    33,
    (row, column) => (column === 32 ? qmax : random.integer(-qmax, qmax - 1) + 0.5) * 2 ** (row - 4),
  );
}

/** Half of a maximum of 8 significant bits, which every dtype holds. */
function halfMaximumRows(random: Random): Float32Array {
  let maximum = 0;
  return matrix(31, 5, (_row, column) => {
    if (column === 0) maximum = (128 + random.integer(0, 127)) / 128;
    return [maximum / 2, -maximum / 2, 0, maximum / 4, -maximum][column];
  });
}

/** Elements within 3 units in the last place of a tie; the maximum is in the last column. */
function nearTieRows(qmax: number, random: Random): Float32Array {
  let maximum = 0;
  return matrix(20, 65, (_row, column) => {
    if (column === 0) maximum = Math.fround((1 + random.uniform()) * 2 ** random.integer(-20, 20));
    if (column === 64) return maximum;
    const tie = (random.integer(-qmax, qmax - 1) + 0.5) * Math.fround(maximum / qmax);
    return bitsToFloat32(float32ToBits(tie) + random.integer(-3, 3));
  });
}

/** Rows of 5 whose first element is the maximum, negative, in units of 2^-149. */
function subnormalRows(m: number, random: Random, maximum: (row: number) => number): Float32Array {
  return matrix(m, 5, (row, column) => {
    const units = column === 0 ? -maximum(row) : random.integer(-maximum(row), maximum(row));
    return units * 2 ** -149;
  });
}
