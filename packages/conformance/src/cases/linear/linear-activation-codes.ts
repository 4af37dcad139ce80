import { bitsToFloat32, float32ToBits } from "@octet/core";
import { rowCodesLimit } from "@octet/core/backend";
import type { ConformanceCase } from "../../case.ts";
import { bitsTensor } from "../../data/data.ts";
import type { Random } from "../../data/random.ts";
import type { Fault } from "../../faults.ts";
import { finitePatterns } from "../finite-patterns.ts";
import { type ExactMode, onlyIn } from "./exact-mode.ts";
import { identityWeight, matrix, type Probe, probeCase } from "./linear-probes.ts";

/** How the exact modes quantize the rows of x, seen through weights of 1: y = code * scale. */
export function activationCodeCases(activations: ExactMode): ConformanceCase[] {
  const qmax = rowCodesLimit[activations];
  const int8 = (...faults: readonly Fault[]) => onlyIn("int8", activations, ...faults);
  const int16 = (...faults: readonly Fault[]) => onlyIn("int16", activations, "qmax-32767", ...faults);
  const seen = (
    name: string,
    m: number,
    k: number,
    catches: readonly Fault[],
    x: Probe["x"],
    rest: Partial<Probe> = {},
  ) => probeCase({ name, activations, m, n: k, k, x, weight: () => identityWeight(k), catches, ...rest });
  const nearTies: readonly Fault[] = [
    "round-half-up",
    "reciprocal-of-scale",
    "unrounded-quotient",
    "reciprocal-of-qmax",
    "missed-maximum",
  ];
  const halfMaximum = (dtype: "float16" | "bfloat16") =>
    seen("half-maximum", 31, 5, [...nearTies, "negative-zero", ...int16()], halfMaximumRows, {
      dtype,
      output: "float32",
    });
  const everyValue = (dtype: "float16" | "bfloat16", rows: number, catches: readonly Fault[]) =>
    seen(
      "every-value",
      rows,
      16,
      ["missed-maximum", "reciprocal-of-qmax", "negative-zero", ...catches],
      () => bitsTensor(dtype, [rows, 16], finitePatterns(dtype)),
      {
        dtype,
        output: "float32",
      },
    );
  return [
    seen("ties", 9, 33, ["round-half-up", "missed-maximum", ...int8("negative-zero"), ...int16()], (random) =>
      tieRows(qmax, random),
    ),
    halfMaximum("float16"),
    halfMaximum("bfloat16"),
    seen("near-ties", 20, 65, [...nearTies, ...int8("negative-zero"), ...int16()], (random) =>
      nearTieRows(qmax, random),
    ),
    seen("scales", 300, 3, ["reciprocal-of-qmax", "missed-maximum", ...int8("negative-zero"), ...int16()], (random) =>
      matrix(300, 3, () => random.normal()),
    ),
    seen("zero-rows", 5, 9, ["negative-zero", ...int16("reciprocal-of-qmax")], (random) =>
      matrix(5, 9, (row) => (row % 2 === 0 ? -0 : random.normal())),
    ),
    seen(
      "largest",
      7,
      5,
      [...int8("reciprocal-of-qmax", "saturated-overflow", "scales-multiplied-first"), ...int16()],
      (random) => matrix(7, 5, (_row, column) => (column === 2 ? -1 : random.uniform()) * largest),
      { weight: () => identityWeight(5, 2 ** -10) },
    ),
    seen(
      "subnormal-rows",
      40,
      5,
      [...belowNormal, "round-half-up", "asymmetric-activations", "negative-zero", ...int16()],
      (random) => subnormalRows(40, random, (row) => (row + 1) * 2 ** (row % 18)),
      { weight: () => identityWeight(5, 2 ** 100) },
    ),
    // The scale is one unit, 2^-149, though the maximum is up to 1.3 * qmax units.
    seen(
      "below-the-range",
      40,
      5,
      [...belowNormal, "asymmetric-activations", ...int8("negative-zero"), ...int16()],
      (random) => subnormalRows(40, random, (row) => Math.ceil(qmax * (0.52 + 0.02 * row))),
      { weight: () => identityWeight(5, 2 ** 126) },
    ),
    everyValue("float16", 3968, int16("round-half-up")),
    everyValue("bfloat16", 4080, [
      ...belowNormal,
      ...int16("round-half-up", "unrounded-quotient", "asymmetric-activations"),
    ]),
  ];
}

const belowNormal: readonly Fault[] = ["flushed-subnormals", "reciprocal-of-scale"];
export const largest: number = bitsToFloat32(0x7f7fffff);

/** Rows of k + 1/2 under a scale that is a power of two. */
export function tieRows(qmax: number, random: Random): Float32Array {
  return matrix(
    9,
    33,
    (row, column) => (column === 32 ? qmax : random.integer(-qmax, qmax - 1) + 0.5) * 2 ** (row - 4),
  );
}

/** Half of a maximum of 8 significant bits, which every dtype holds. */
export function halfMaximumRows(random: Random): Float32Array {
  let maximum = 0;
  return matrix(31, 5, (_row, column) => {
    if (column === 0) maximum = (128 + random.integer(0, 127)) / 128;
    return [maximum / 2, -maximum / 2, 0, maximum / 4, -maximum][column];
  });
}

/** Elements within 3 units in the last place of a tie; the maximum is in the last column. */
export function nearTieRows(qmax: number, random: Random): Float32Array {
  let maximum = 0;
  return matrix(20, 65, (_row, column) => {
    if (column === 0) maximum = Math.fround((1 + random.uniform()) * 2 ** random.integer(-20, 20));
    if (column === 64) return maximum;
    const tie = (random.integer(-qmax, qmax - 1) + 0.5) * Math.fround(maximum / qmax);
    return bitsToFloat32(float32ToBits(tie) + random.integer(-3, 3));
  });
}

/** Rows of 5 whose first element is the maximum, negative, in units of 2^-149. */
export function subnormalRows(m: number, random: Random, maximum: (row: number) => number): Float32Array {
  return matrix(m, 5, (row, column) => {
    const units = column === 0 ? -maximum(row) : random.integer(-maximum(row), maximum(row));
    return units * 2 ** -149;
  });
}
