import { type FloatDType, type HostTensor, hostTensor, linear } from "@octet/core";
import { linearCall } from "../../calls.ts";
import type { ConformanceCase } from "../../case.ts";
import { checkOp } from "../../checks/check-op.ts";
import { checkLinearBound, linearTruth } from "../../checks/linear-bound.ts";
import { floatTensor, quantizedTensor, randomScale } from "../../data/data.ts";
import { Random } from "../../data/random.ts";
import { everyOpCatches } from "../op-faults.ts";
import { perChannel } from "./linear-case.ts";

const [n, k] = [5, 33];

/**
 * A NaN among float activations is not an error, and the rows beside it are right. What its own row holds is not checked: IEEE arithmetic
 * gives NaN there, but shading languages may assume that there are none. The same call gives the same bits again.
 */
export function nanRowCase(): ConformanceCase {
  return {
    id: `linear-float/nan-stays-in-its-row.float32.3x${k}.n${n}.dim0.b8.seed4`,
    family: "linear-float",
    needs: [linearCall({ dtype: "float32", shape: [3, k] }, { ...perChannel, shape: [n, k] }, undefined, {})],
    catches: [
      ...everyOpCatches,
      "dropped-tail",
      "previous-scale",
      "tensor-float-32",
      "unrepeatable-sums",
      "refused-overflow",
    ],
    run: (context) => {
      const random = new Random(4);
      const finite = Array.from({ length: 2 * k }, () => random.normal());
      const bad = Array.from({ length: k }, (_, column) => [Number.NaN, Number.POSITIVE_INFINITY, 1][column % 3]);
      const x = floatTensor("float32", [3, k], [...finite.slice(0, k), ...bad, ...finite.slice(k)]);
      const weight = quantizedTensor([n, k], { kind: "channel", dim: 0 }, 8, random, randomScale(random));
      return checkOp(context, {
        inputs: { x, weight },
        call: (operands) => linear(operands.x, operands.weight),
        repeat: true,
        compare: (got) => {
          const truth = linearTruth(floatTensor("float32", [2, k], finite), weight, null);
          checkLinearBound(
            withoutMiddleRow(got as HostTensor<FloatDType>),
            { dtype: "float32", shape: [2, n] },
            truth,
            k,
          );
        },
      });
    },
  };
}

function withoutMiddleRow(y: HostTensor<FloatDType>): HostTensor<FloatDType> {
  const data = new Float32Array(2 * n);
  data.set(y.data.subarray(0, n));
  data.set(y.data.subarray(2 * n, 3 * n), n);
  return hostTensor(y.dtype, [2, n], data);
}
