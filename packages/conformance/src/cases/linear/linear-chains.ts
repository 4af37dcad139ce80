import {
  activation,
  bitRange,
  type FloatDType,
  type HostTensor,
  type LinearActivations,
  linear,
  type OpCall,
  quantize,
} from "@octet/core";
import { activationCall, linearCall, quantizeCall } from "../../calls.ts";
import type { ConformanceCase } from "../../case.ts";
import { checkOp } from "../../checks/check-op.ts";
import { checkLinearBound, linearTruth } from "../../checks/linear-bound.ts";
import type { HostOperand } from "../../checks/operands.ts";
import { gridTensor, normalTensor, quantizedTensor, randomScale } from "../../data/data.ts";
import { Random } from "../../data/random.ts";
import type { Fault } from "../../faults.ts";
import { everyOpCatches, outputCatches } from "../op-faults.ts";
import { perChannel } from "./linear-case.ts";

const perRow = { kind: "channel", dim: 0 } as const;

/** `[m, k]` by `[n, k]`. */
function layerCall(activations: LinearActivations, dtype: FloatDType, m: number, n: number, k: number): OpCall {
  return linearCall({ dtype, shape: [m, k] }, { ...perChannel, shape: [n, k] }, undefined, { activations });
}

/**
 * A weight that was quantized on the device, and disposed before its product is read: a backend that repacks what it uploads has to
 * repack what it quantizes.
 */
export function deviceWeightCase(activations: LinearActivations, catches: readonly Fault[]): ConformanceCase {
  const [m, n, k] = [3, 17, 37];
  return {
    id: `linear-${activations}/weight-quantized-on-the-device.float32.${m}x${k}.n${n}.seed1`,
    family: `linear-${activations}`,
    needs: [quantizeCall("float32", [n, k], perRow, 8), layerCall(activations, "float32", m, n, k)],
    catches: [...everyOpCatches, "dropped-tail", "previous-scale", "missed-maximum", "reduced-dim", ...catches],
    run: (context) => {
      const random = new Random(1);
      const x = normalTensor("float32", [m, k], random);
      const weight = gridTensor("float32", [n, k], perRow, bitRange(8).highest, random);
      const truth = linearTruth(x, quantize(weight, { granularity: perRow }), null);
      return checkOp(context, {
        inputs: { x, weight },
        call: (operands) => {
          const quantized = quantize(operands.weight, { granularity: perRow });
          const y = linear(operands.x, quantized, { activations });
          quantized.dispose();
          return y;
        },
        ...(activations === "float" && {
          compare: (got: HostOperand) => {
            checkLinearBound(got as HostTensor<FloatDType>, { dtype: "float32", shape: [m, n] }, truth, k);
          },
        }),
      });
    },
  };
}

/**
 * Two layers with relu between them, [3, 33] to [3, 17] to [3, 5], and nothing read on the way: a backend that pads or packs the rows
 * of a result has to read them back like that.
 */
export function twoLayerCase(
  activations: "int16" | "int8",
  dtype: FloatDType,
  catches: readonly Fault[],
): ConformanceCase {
  return {
    id: `linear-${activations}/two-layers.${dtype}.3x33.n17.n5.seed1`,
    family: `linear-${activations}`,
    needs: [layerCall(activations, dtype, 3, 17, 33), activationCall(dtype, [3, 17], "relu")],
    catches: [...everyOpCatches, ...outputCatches(dtype), "dropped-tail", "previous-scale", ...catches],
    run: (context) => {
      const random = new Random(1);
      return checkOp(context, {
        inputs: {
          x: normalTensor(dtype, [3, 33], random),
          first: quantizedTensor([17, 33], perRow, 8, random, randomScale(random)),
          second: quantizedTensor([5, 17], perRow, 8, random, randomScale(random)),
        },
        call: ({ x, first, second }) => {
          const hidden = linear(x, first, { activations });
          const positive = activation(hidden, "relu");
          hidden.dispose();
          const y = linear(positive, second, { activations });
          positive.dispose();
          return y;
        },
      });
    },
  };
}
