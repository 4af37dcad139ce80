import {
  type FloatDType,
  type Granularity,
  type HostTensor,
  normalizeGranularity,
  quantize,
  scaleLayout,
} from "@octet/core";
import { quantizeCall } from "../../calls.ts";
import type { ConformanceCase } from "../../case.ts";
import { checkOp } from "../../checks/check-op.ts";
import { Random } from "../../data/random.ts";
import type { Fault } from "../../faults.ts";
import { nameGranularity, nameShape } from "../case-names.ts";
import { everyOpCatches, shapeCatches } from "../op-faults.ts";

/** One quantization to check: codes and scales, bit for bit. */
export interface QuantizeRow {
  readonly name: string;
  readonly dtype: FloatDType;
  readonly shape: readonly number[];
  readonly granularity: Granularity;
  /** Default 8. */
  readonly bits?: number;
  readonly seed: number;
  readonly data: (row: Required<QuantizeRow>, random: Random) => HostTensor<FloatDType>;
  /** What this row catches beside what its shape and granularity do. */
  readonly catches?: readonly Fault[];
}

export function quantizeCase(options: QuantizeRow): ConformanceCase {
  const row = { bits: 8, catches: [], ...options };
  const { name, dtype, shape, bits, seed } = row;
  const granularity = normalizeGranularity(row.granularity, shape);
  return {
    id: `quantize/${name}.${dtype}.${nameShape(shape)}.b${bits}.${nameGranularity(row.granularity)}.seed${seed}`,
    family: "quantize",
    needs: [quantizeCall(dtype, shape, granularity, bits)],
    catches: [...everyOpCatches, ...shapeCatches(shape), ...granularityCatches(granularity, shape), ...row.catches],
    run: (context) =>
      checkOp(context, {
        inputs: { x: row.data(row, new Random(seed)) },
        call: ({ x }) => quantize(x, { granularity: row.granularity, bits }),
      }),
  };
}

function granularityCatches(granularity: Granularity, shape: readonly number[]): Fault[] {
  return granularity.kind === "channel" && shape.length > 1 ? ["reduced-dim"] : [];
}

/** What grid data catches: it has a maximum in every group, some of them last, and another scale next to every scale. */
export function gridCatches(granularity: Granularity, shape: readonly number[], bits: number): Fault[] {
  const { outer, channels, inner } = scaleLayout(granularity, shape);
  if (outer * channels * inner === 0) return [];
  return [
    ...(bits > 2 ? (["missed-maximum"] as const) : []), // with 2 bits other elements are as large
    ...(channels > 1 ? (["previous-scale"] as const) : []),
    ...(bits < 8 ? (["ignored-bits"] as const) : []),
  ];
}
