import { hostTensor, sizeOf } from "@octet/core";
import { generate, gridScale, gridTensor, normalTensor, quantizedTensor, randomScale } from "../../data/data.ts";
import type { Random } from "../../data/random.ts";
import type { LinearInputs, LinearRow } from "./linear-case.ts";

/**
 * Rows of x that quantize without rounding, weights under scales that are powers of two, and a bias of eighths: only a wrong place can
 * fail. Results stay within float16.
 */
export function gridInputs(row: LinearRow, random: Random): LinearInputs {
  const { activations, dtype, n, weight, bias } = row;
  const k = row.x[row.x.length - 1];
  const rows = sizeOf(row.x.slice(0, -1));
  // Halves do not hold 32639; 117 / 32639 is a scale that a multiplication by 1 / 32639 gives as well.
  const halfMaximum = activations === "int16" ? 117 : 127;
  const [maximum, offset] = activations === "int16" && dtype === "float32" ? [32639, -15] : [halfMaximum, -7];
  const x = gridTensor(dtype, [rows, k], { kind: "channel", dim: 0 }, maximum, random, offset);
  return {
    x: hostTensor(dtype, row.x, x.data),
    weight: quantizedWeight(row, random, gridScale(-7)),
    bias: bias && generate(bias, [n], () => random.pick([-1, 1]) * (random.integer(1, 64) / 8)),
  };

  function quantizedWeight({ n: columns }: LinearRow, source: Random, scale: (channel: number) => number) {
    if ("dtype" in weight) return normalTensor(weight.dtype, [columns, k], source);
    return quantizedTensor([columns, k], weight.granularity, weight.bits, source, scale);
  }
}

/** Normal activations and bias, weights under scales of any bits. */
export function normalInputs(row: LinearRow, random: Random): LinearInputs {
  const { dtype, n, weight, bias } = row;
  const k = row.x[row.x.length - 1];
  return {
    x: normalTensor(dtype, row.x, random),
    weight:
      "dtype" in weight
        ? normalTensor(weight.dtype, [n, k], random)
        : quantizedTensor([n, k], weight.granularity, weight.bits, random, randomScale(random)),
    bias: bias && normalTensor(bias, [n], random),
  };
}
