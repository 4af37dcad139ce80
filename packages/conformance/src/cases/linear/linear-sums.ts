import { maxExactInFeatures } from "@octet/core";
import type { ConformanceCase } from "../../case.ts";
import type { Random } from "../../data/random.ts";
import type { Fault } from "../../faults.ts";
import type { ExactMode } from "./exact-mode.ts";
import { channelWeight, matrix, type Probe, probeCase } from "./linear-probes.ts";
import { codesForSum } from "./sums.ts";

/** Sums that must be exact however large, and their one rounding to float32. */
export function sumCases(activations: ExactMode): ConformanceCase[] {
  return [roundedSumCase(activations), everyCodeCase(activations), ...longestCases(activations)];
}

/** Neighbours of ties of float32, from 2^24 to the largest sums that this many features give. */
function roundedSumCase(activations: ExactMode): ConformanceCase {
  const small = [1, 2, 3, 5, 6, 7, 11].flatMap((offset) => [2 ** 24 + offset, -(2 ** 25) - offset]);
  const large = [31, 32, 33].flatMap((exponent) =>
    [1, 3].flatMap((odd) => [-1, 0, 1].map((side) => 2 ** exponent + odd * 2 ** (exponent - 24) + side)),
  );
  const [targets, values] =
    activations === "int8"
      ? [small, [...Array(2082).fill(127), 1]]
      : [
          [...small, ...large, ...large.map((target) => -target)],
          [...Array(2100).fill(32639), 127, 127, 127, 1],
        ];
  return probeCase({
    name: "rounded-sums",
    activations,
    m: 1,
    n: targets.length,
    k: values.length,
    x: () => values,
    weight: () => channelWeight([targets.length, values.length], codesForSum(targets, values), () => 1),
    catches: sumFaults(activations),
  });
}

/** Every activation code once, in a row of its own length. */
function everyCodeCase(activations: ExactMode): ConformanceCase {
  const qmax = activations === "int8" ? 127 : 32639;
  const k = 2 * qmax + 1;
  return probeCase({
    name: "every-code",
    activations,
    m: 1,
    n: 3,
    k,
    x: () => matrix(1, k, (_row, column) => column - qmax),
    weight: (random) =>
      channelWeight(
        [3, k],
        Int8Array.from({ length: 3 * k }, () => random.integer(-128, 127)),
        () => 1,
      ),
    catches: activations === "int8" ? [] : ["qmax-32767"],
  });
}

/** The longest rows the contract allows, with the largest codes: sums near 2^31 and 2^39. */
function longestCases(activations: ExactMode): ConformanceCase[] {
  const k = maxExactInFeatures;
  const columns: readonly ((feature: number, random: Random) => number)[] = [
    () => 127,
    () => -128,
    (feature) => (feature % 2 === 0 ? 127 : -128),
    (_feature, random) => random.integer(32, 63) * 2 + 1,
  ];
  const probe = (name: string, x: Probe["x"]) =>
    probeCase({
      name,
      activations,
      m: 2,
      n: 4,
      k,
      x,
      weight: (random) => {
        const codes = Int8Array.from({ length: 4 * k }, (_, index) =>
          columns[Math.floor(index / k)](index % k, random),
        );
        return channelWeight([4, k], codes, () => 1);
      },
      catches: sumFaults(activations),
    });
  return [
    probe("longest", () => matrix(2, k, (row) => (row === 0 ? 1 : -1))),
    probe("longest-alternating", () => matrix(2, k, (row, column) => (column % 2 === row ? 1 : -1))),
  ];
}

function sumFaults(activations: ExactMode): readonly Fault[] {
  return activations === "int8" ? ["float32-sums"] : ["wrapped-sums", "qmax-32767"];
}
