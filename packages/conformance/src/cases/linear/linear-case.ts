import {
  type FloatDType,
  type Granularity,
  type HostQuantizedTensor,
  type HostTensor,
  type LinearActivations,
  linear,
  scaleLayout,
  sizeOf,
} from "@octet/core";
import { linearCall } from "../../calls.ts";
import type { ConformanceCase } from "../../case.ts";
import { checkOp } from "../../checks/check-op.ts";
import { boundHolds, checkLinearBound, linearTruth } from "../../checks/linear-bound.ts";
import type { HostOperand } from "../../checks/operands.ts";
import { Random } from "../../data/random.ts";
import type { Fault } from "../../faults.ts";
import { nameGranularity, nameShape } from "../case-names.ts";
import { everyOpCatches, outputCatches, shapeCatches } from "../op-faults.ts";

/** What a linear op multiplies by: codes of a granularity and width, or floats. */
export type WeightSpec = { readonly granularity: Granularity; readonly bits: number } | { readonly dtype: FloatDType };

/** The host tensors of a linear op. */
export type LinearInputs = {
  readonly x: HostTensor<FloatDType>;
  readonly weight: HostQuantizedTensor | HostTensor<FloatDType>;
  readonly bias: HostTensor<FloatDType> | undefined;
};

/** One linear op to check. */
export interface LinearRow {
  readonly name: string;
  readonly activations: LinearActivations;
  /** Of x. */
  readonly dtype: FloatDType;
  /** `[..., k]` */
  readonly x: readonly number[];
  readonly n: number;
  readonly weight: WeightSpec;
  readonly bias?: FloatDType | undefined;
  /** The dtype to ask for; none leaves it to follow x. */
  readonly output?: FloatDType | undefined;
  readonly seed: number;
  readonly data: (row: LinearRow, random: Random) => LinearInputs;
  /** "exact": every bit of the reference's result. "bound": the bound of the contract, where it holds, and the same bits in every run. */
  readonly check: "exact" | "bound";
  readonly catches?: readonly Fault[];
}

export const perChannel: WeightSpec = { granularity: { kind: "channel", dim: 0 }, bits: 8 };
export const perTensor: WeightSpec = { granularity: { kind: "tensor" }, bits: 8 };

export function linearCase(row: LinearRow): ConformanceCase {
  const { activations, dtype, output, bias, weight, seed } = row;
  const outputDType = output ?? dtype;
  const weightForm = { ...weight, shape: [row.n, row.x[row.x.length - 1]] };
  const biasForm = bias && { dtype: bias, shape: [row.n] };
  const outputShape = [...row.x.slice(0, -1), row.n];
  return {
    id: linearId(row),
    family: `linear-${activations}`,
    needs: [linearCall({ dtype, shape: row.x }, weightForm, biasForm, { activations, dtype: outputDType })],
    catches: [
      ...everyOpCatches,
      ...shapeCatches(outputShape),
      ...outputCatches(outputDType),
      ...(row.bias === undefined || sizeOf(outputShape) === 0 ? [] : (["ignored-bias"] as const)),
      ...(row.catches ?? []),
    ],
    run: (context) => {
      const inputs = row.data(row, new Random(seed));
      return checkOp(context, {
        inputs,
        call: (operands) =>
          linear(operands.x, operands.weight, {
            bias: operands.bias ?? null,
            activations,
            ...(output && { dtype: output }),
          }),
        ...(row.check === "bound" && {
          compare: (got: HostOperand, wanted: HostOperand) => checkBound(got, wanted, inputs),
          repeat: true,
        }),
      });
    },
  };
}

function checkBound(got: HostOperand, wanted: HostOperand, { x, weight, bias }: LinearInputs): void {
  const form = wanted as HostTensor<FloatDType>;
  checkLinearBound(
    got as HostTensor<FloatDType>,
    form,
    linearTruth(x, weight, bias ?? null),
    x.shape[x.shape.length - 1],
    boundHolds(x, weight),
  );
}

/** `linear-int8/grid.float32.5x31.n33.dim0.b8.bias-float16.to-bfloat16.seed1` */
function linearId({ name, activations, dtype, x, n, weight, bias, output, seed }: LinearRow): string {
  const weightName = "dtype" in weight ? weight.dtype : `${nameGranularity(weight.granularity)}.b${weight.bits}`;
  const biasName = bias === undefined ? "" : `.bias-${bias}`;
  const outputName = output === undefined ? "" : `.to-${output}`;
  return `linear-${activations}/${name}.${dtype}.${nameShape(x)}.n${n}.${weightName}${biasName}${outputName}.seed${seed}`;
}

/** What weights catch whose scales differ from channel to channel, or from group to group. */
export function scaleCatches({ x, n, weight }: LinearRow): Fault[] {
  const k = x[x.length - 1];
  if ("dtype" in weight || sizeOf(x) * n === 0) return [];
  return scaleLayout(weight.granularity, [n, k]).channels > 1 ? ["previous-scale"] : [];
}
