import {
  dequantize,
  type FloatDType,
  type Granularity,
  type HostQuantizedTensor,
  normalizeGranularity,
  scaleLayout,
} from "@octet/core";
import { dequantizeCall } from "../../calls.ts";
import type { ConformanceCase } from "../../case.ts";
import { checkOp } from "../../checks/check-op.ts";
import { Random } from "../../data/random.ts";
import type { Fault } from "../../faults.ts";
import { nameGranularity, nameShape } from "../case-names.ts";
import { everyOpCatches, outputCatches, shapeCatches } from "../op-faults.ts";

/** One dequantization to check, bit for bit, of codes and scales that come from outside as those of a file do. */
export interface DequantizeRow {
  readonly name: string;
  /** Of the result. */
  readonly dtype: FloatDType;
  readonly shape: readonly number[];
  readonly granularity: Granularity;
  /** Default 8. */
  readonly bits?: number;
  readonly seed: number;
  readonly data: (row: Required<DequantizeRow>, random: Random) => HostQuantizedTensor;
  readonly catches?: readonly Fault[];
}

export function dequantizeCase(options: DequantizeRow): ConformanceCase {
  const row = { bits: 8, catches: [], ...options };
  const { name, dtype, shape, bits, seed } = row;
  const granularity = normalizeGranularity(row.granularity, shape);
  return {
    id: `dequantize/${name}.${nameShape(shape)}.b${bits}.${nameGranularity(row.granularity)}.${dtype}.seed${seed}`,
    family: "dequantize",
    needs: [dequantizeCall({ shape, granularity, bits }, dtype)],
    catches: [...everyOpCatches, ...shapeCatches(shape), ...outputCatches(dtype), ...row.catches],
    run: (context) =>
      checkOp(context, {
        inputs: { q: row.data(row, new Random(seed)) },
        call: ({ q }) => dequantize(q, { dtype }),
      }),
  };
}

/** Whether a scale has another one before it. */
export function hasNeighbours(granularity: Granularity, shape: readonly number[]): boolean {
  const { outer, channels, inner } = scaleLayout(granularity, shape);
  return channels > 1 && outer * inner > 0;
}
