import {
  bitRange,
  bitsToFloat32,
  type FloatDType,
  float32ToBits,
  type Granularity,
  type HostTensor,
  sizeOf,
} from "@octet/core";
import type { ConformanceCase } from "../../case.ts";
import { floatTensor, generate, normalTensor } from "../../data/data.ts";
import type { Random } from "../../data/random.ts";
import type { Fault } from "../../faults.ts";
import { type QuantizeRow, quantizeCase } from "./quantize-case.ts";

const perRow: Granularity = { kind: "channel", dim: 0 };

/** What shows in many groups with any maximum. */
const scaleFaults: readonly Fault[] = ["reciprocal-of-qmax", "missed-maximum", "previous-scale"];
/** What shows where quotients come close to k + 1/2. */
const quotientFaults: readonly Fault[] = ["round-half-up", "reciprocal-of-scale", "unrounded-quotient"];

/** Data on which the roundings of scale, quotient and code show. */
export function quantizeRoundingCases(): ConformanceCase[] {
  return [...tieCases(), ...halfMaximumCases(), ...scaleCases(), ...nearTieCases()];
}

/** Every k + 1/2 of a width, under scales that are powers of two: the quotients are exact, the codes go to even. */
function tieCases(): ConformanceCase[] {
  const row = (bits: number, dtype: FloatDType, granularity: Granularity, shape: readonly number[]) =>
    quantizeCase({
      name: "ties",
      dtype,
      shape,
      granularity,
      bits,
      seed: 1,
      data: ties,
      catches: tieCatches(granularity, shape, bits),
    });
  return [
    ...([2, 3, 4, 5, 6, 7, 8] as const).map((bits) => row(bits, "float32", perRow, [7, 2 ** bits - 1])),
    row(8, "float16", perRow, [5, 255]),
    row(7, "bfloat16", perRow, [5, 127]),
    row(8, "float32", { kind: "tensor" }, [255]),
    row(8, "float32", { kind: "channel", dim: 1 }, [255, 3]),
    row(4, "float32", { kind: "group", size: 15 }, [3, 60]),
  ];
}

function ties({ dtype, shape, granularity, bits }: Required<QuantizeRow>): HostTensor<FloatDType> {
  const { highest } = bitRange(bits);
  const channels = granularity.kind === "channel" ? shape[granularity.dim] : 1;
  const last = granularity.kind === "channel" && granularity.dim === shape.length - 1;
  const length = granularity.kind === "group" ? granularity.size : sizeOf(shape) / channels;
  return generate(dtype, shape, (index) => {
    const member = last ? Math.floor(index / channels) : index % length;
    const channel = last ? index % channels : Math.floor(index / length);
    const multiple = member === length - 1 ? highest : member - highest + 0.5;
    return multiple * 2 ** ((channel % 5) - 2);
  });
}

function tieCatches(granularity: Granularity, shape: readonly number[], bits: number): QuantizeRow["catches"] & {} {
  const scales = granularity.kind !== "tensor" && shape.length > 1;
  return [
    "round-half-up",
    "missed-maximum",
    ...(scales ? (["previous-scale"] as const) : []),
    ...(bits < 8 ? (["ignored-bits"] as const) : []),
  ];
}

/** An element at exactly half its row's maximum, the tie that weights have in practice: -63.5 scales. */
function halfMaximumCases(): ConformanceCase[] {
  return (["float32", "float16", "bfloat16"] as const).map((dtype) =>
    quantizeCase({
      name: "half-maximum",
      dtype,
      shape: [31, 6],
      granularity: perRow,
      seed: 2,
      data: ({ shape }, random) => {
        const rows = Array.from({ length: 31 }, () => {
          const [maximum] = floatTensor("bfloat16", [1], [1 + random.uniform()]).data;
          const value = bitsToFloat32(maximum << 16);
          return [value / 2, -value / 2, 0, value / 4, -value / 4, -value];
        });
        return floatTensor(dtype, shape, rows.flat());
      },
      catches: [...scaleFaults, ...quotientFaults],
    }),
  );
}

/** Many groups with any maximum: one scale in 25 tells a division by 127 from a multiplication by 1 / 127. */
function scaleCases(): ConformanceCase[] {
  const normal: QuantizeRow["data"] = ({ dtype, shape }, random) => normalTensor(dtype, shape, random);
  const row = (
    dtype: FloatDType,
    shape: readonly number[],
    granularity: Granularity,
    catches: readonly Fault[] = [],
    bits = 8,
  ) =>
    quantizeCase({
      name: "normal",
      dtype,
      shape,
      granularity,
      bits,
      seed: 3,
      data: normal,
      catches: [...scaleFaults, ...catches],
    });
  return [
    row("float32", [300, 33], perRow),
    row("float32", [33, 300], { kind: "channel", dim: 1 }),
    row("float32", [50, 192], { kind: "group", size: 32 }),
    row("float32", [300, 33], perRow, ["ignored-bits"], 6),
    row("float16", [300, 33], perRow, quotientFaults),
    row("bfloat16", [300, 33], perRow, quotientFaults),
    row("float32", [1001, 1], perRow),
  ];
}

/** Elements within 3 units in the last place of a tie, under scales of any bits: only the rounded quotient decides. */
function nearTieCases(): ConformanceCase[] {
  const row = (bits: number, catches: readonly Fault[]) =>
    quantizeCase({
      name: "near-ties",
      dtype: "float32",
      shape: [40, 257],
      granularity: perRow,
      bits,
      seed: 4,
      data: nearTies,
      catches: [...scaleFaults, ...quotientFaults, ...catches],
    });
  return [row(8, []), row(4, ["ignored-bits"])];
}

function nearTies({ shape, bits }: Required<QuantizeRow>, random: Random): HostTensor<FloatDType> {
  const { highest } = bitRange(bits);
  const [rows, columns] = shape;
  const values: number[] = [];
  for (let row = 0; row < rows; row++) {
    const maximum = Math.fround((1 + random.uniform()) * 2 ** random.integer(-20, 20));
    const scale = Math.fround(maximum / highest);
    for (let column = 0; column < columns - 1; column++) {
      const tie = Math.fround((random.integer(-highest, highest - 1) + 0.5) * scale);
      values.push(bitsToFloat32(float32ToBits(tie) + random.integer(-3, 3)));
    }
    values.push(maximum);
  }
  return floatTensor("float32", shape, values);
}
