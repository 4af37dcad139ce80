import { bitsToFloat32, type FloatDType } from "@octet/core";
import type { ConformanceCase } from "../../case.ts";
import { quantizedTensor } from "../../data/data.ts";
import type { Fault } from "../../faults.ts";
import { type ExactMode, onlyIn } from "./exact-mode.ts";
import { type LinearRow, linearCase, perChannel, scaleCatches } from "./linear-case.ts";
import { normalInputs } from "./linear-data.ts";
import { channelWeight, matrix, type Probe, probeCase } from "./linear-probes.ts";
import { codesForSum } from "./sums.ts";

/** How the exact modes turn the integer sum into a float: two scales in turn, the bias, the output dtype. */
export function scalingCases(activations: ExactMode): ConformanceCase[] {
  return [
    ...normalCases(activations),
    ...rangeCases(activations),
    ...biasCases(activations),
    ...halfCases(activations),
  ];
}

/** Data of any kind: in a third of the results it shows how the two scales and the bias are rounded. */
function normalCases(activations: ExactMode): ConformanceCase[] {
  const int8 = (...faults: readonly Fault[]) => onlyIn("int8", activations, ...faults);
  const int16 = (...faults: readonly Fault[]) => onlyIn("int16", activations, ...faults);
  const normal = (x: readonly number[], n: number, options: Partial<LinearRow>, catches: readonly Fault[]) => {
    const row = {
      name: "normal",
      activations,
      dtype: "float32",
      x,
      n,
      weight: perChannel,
      seed: 2,
      data: normalInputs,
      check: "exact",
      ...options,
    } as const;
    return linearCase({ ...row, catches: [...scaleCatches(row), ...int16("qmax-32767"), ...catches] });
  };
  const order: readonly Fault[] = ["scales-multiplied-first", ...int16("reciprocal-of-qmax")];
  return [
    normal([9, 65], 33, {}, [...order, "missed-maximum"]),
    normal([9, 65], 33, { bias: "float32" }, [...order, "fused-bias", "missed-maximum"]),
    normal([5, 260], 19, { dtype: "float16", output: "float32", bias: "bfloat16" }, [...order, "fused-bias"]),
    normal([5, 127], 33, { dtype: "bfloat16", output: "float32", bias: "float16" }, [...order, "fused-bias"]),
    normal([5, 31], 17, { dtype: "float16", bias: "float16" }, ["truncated-halves"]),
    normal([5, 31], 17, { dtype: "bfloat16", bias: "bfloat16" }, ["truncated-halves", ...int8("round-half-up")]),
    normal([3, 1001], 17, { output: "float16" }, ["truncated-halves"]),
    normal([3, 1001], 17, { output: "bfloat16" }, ["truncated-halves"]),
  ];
}

const largest = bitsToFloat32(0x7f7fffff);

/** Scales at both ends of the range. The product of both may overflow or vanish where the result does not, and the other way round. */
function rangeCases(activations: ExactMode): ConformanceCase[] {
  const probe = (
    name: string,
    rowMaximum: (row: number) => number,
    scale: (channel: number) => number,
    catches: readonly Fault[],
  ) =>
    probeCase({
      name,
      activations,
      m: 9,
      n: 16,
      k: 7,
      x: (random) => matrix(9, 7, (row, column) => (column === 3 ? -1 : random.uniform()) * rowMaximum(row)),
      weight: (random) => quantizedTensor([16, 7], { kind: "channel", dim: 0 }, 8, random, scale),
      catches: ["scales-multiplied-first", "flushed-subnormals", "previous-scale", ...catches],
    });
  const int8 = (...faults: readonly Fault[]) => onlyIn("int8", activations, ...faults);
  const int16 = (...faults: readonly Fault[]) => onlyIn("int16", activations, "qmax-32767", ...faults);
  return [
    probe(
      "overflow",
      (row) => largest * 2 ** (-3 * row),
      (channel) => 2 ** (10 * channel - 140),
      ["saturated-overflow", ...int8("reciprocal-of-qmax"), ...int16()],
    ),
    probe(
      "underflow",
      (row) => 2 ** (-149 + 6 * row) * 100,
      (channel) => 1.37 * 2 ** (4 * channel - 60),
      ["reciprocal-of-scale", "asymmetric-activations", ...int16("reciprocal-of-qmax", "negative-zero")],
    ),
    probe(
      "subnormal-results",
      (row) => 1.3 * 2 ** (-70 - row),
      (channel) => 1.7 * 2 ** (-70 + channel),
      int16(),
    ),
    probe(
      "subnormal-scales",
      () => 1.1 * 2 ** 100,
      (channel) => (3 * channel + 1) * 2 ** -149,
      int16("reciprocal-of-qmax"),
    ),
    // The sum is 0 and the product of the scales is an infinity: their product would be NaN.
    probeCase({
      name: "zero-sum",
      activations,
      m: 3,
      n: 5,
      k: 2,
      x: () => matrix(3, 2, (row) => [largest, -(2 ** 100), 1][row]),
      weight: () =>
        channelWeight(
          [5, 2],
          Int8Array.from(matrix(5, 2, (row, column) => (column === 0 ? row : -row))),
          () => largest,
        ),
      catches: ["negative-zero", "scales-multiplied-first"],
    }),
  ];
}

/** y of these cases before the bias is 0, 127, -254, ... times a scale of the row. */
function biasCases(activations: ExactMode): ConformanceCase[] {
  const probe = (
    name: string,
    scale: number,
    biasValues: readonly number[],
    bias: FloatDType,
    catches: readonly Fault[],
  ) =>
    probeCase({
      name,
      activations,
      m: 3,
      n: 6,
      k: 1,
      x: () => [1, -1, 0],
      weight: () => channelWeight([6, 1], Int8Array.of(0, 1, -2, 3, 127, -128), () => scale),
      bias,
      biasValues: () => biasValues,
      catches,
    });
  const one = onlyIn("int16", activations, "missed-maximum", "qmax-32767");
  return [
    probe("bias-cancels", 1, [0, -1, 2, -3, 127, 128], "float32", one),
    probe("bias-signed-zero", 2 ** -149, [-0, 0, -0, 2 ** -149, -(2 ** -149), -0], "float32", [
      "scales-multiplied-first",
      "flushed-subnormals",
      "negative-zero",
    ]),
    probe("bias-subnormal", 1, [2 ** -149, -(2 ** -130), 0, 2 ** -127, 2 ** -149, 1], "bfloat16", [
      "flushed-subnormals",
      ...one,
    ]),
    probe("bias-overflow", 2 ** 120, [largest, -largest, largest, largest, largest, -largest], "float32", [
      "saturated-overflow",
      ...one,
    ]),
    probe("bias-after-overflow", 2 ** 127, [1, -largest, largest, -1, -largest, largest], "float32", [
      "saturated-overflow",
      "fused-bias",
    ]),
  ];
}

/** Sums that lie in the middle between two halves, past their largest value, and among their subnormals. */
function halfCases(activations: ExactMode): ConformanceCase[] {
  const int16 = onlyIn("int16", activations, "qmax-32767");
  const rows: Readonly<Record<string, readonly number[]>> = {
    float16: [2049, 2051, 4098, 4102, -2049, -2051, 65519, 65520, -65520, 65504, 70000],
    bfloat16: [257, 259, 514, 518, -257, -259, 33023, 33024, -33024, 65408, 70000],
  };
  const probe = (name: string, output: FloatDType, scale: number, catches: readonly Fault[]): ConformanceCase => {
    const targets = rows[output];
    const values: readonly number[] =
      activations === "int8" ? [...Array(9).fill(127), 1] : [32639, 32639, 127, 127, 127, 1];
    const probeOf = (): Pick<Probe, "x" | "weight"> => ({
      x: () => values,
      weight: () => channelWeight([targets.length, values.length], codesForSum(targets, values), () => scale),
    });
    return probeCase({ name, activations, m: 1, n: targets.length, k: values.length, output, catches, ...probeOf() });
  };
  return [
    probe("half-ties", "float16", 1, ["truncated-halves", "saturated-overflow", ...int16]),
    probe("half-ties", "bfloat16", 1, ["truncated-halves", ...int16]),
    probe("half-subnormals", "float16", 1.1 * 2 ** -30, ["truncated-halves", ...int16]),
    probe("half-subnormals", "bfloat16", 1.1 * 2 ** -149, ["truncated-halves", "flushed-subnormals"]),
  ];
}
