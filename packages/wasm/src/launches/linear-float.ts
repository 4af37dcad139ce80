import { bytesPerElement } from "@octet/core";
import { rowCount } from "@octet/core/backend";
import { gemmFloats, gemvFloats, packRows } from "../generated/kernels.ts";
import { packedRowBytes, planBias } from "./bias.ts";
import type { LinearParts } from "./linear-integer.ts";
import type { FloatOperand } from "./operand.ts";
import { grainOf, type Plan, planOf, streamGrain } from "./plan.ts";

/** Rows of a panel of x, and columns whose sums gemm-floats keeps at a time; assembly/linear/gemm-floats.ts. */
const panelRows = 2;
const columnUnit = 64;

/** The bounded mode: x and weights as float32, whatever they were. */
export function planFloatLinear(x: FloatOperand, { weight, bias: biasOperand, output }: LinearParts): Plan {
  const { address: weights, dtype: weightDType, scales, scaleStride, group, n, k } = weight;
  const m = rowCount(x.form.shape);
  if (m === 0 || n === 0) return planOf();
  // gemv-floats reads 8 weights at a time, and gemv-codes 16: a group must not end in between.
  const single = m === 1 && (weightDType !== "codes" || group === k || group % 8 === 0);
  const transposes = single && weightDType === "codes" && (group === k || group % 16 === 0);
  const rows = single ? 1 : panelRows;
  const panels = Math.ceil(m / rows);
  const bias = planBias(biasOperand, n);
  const weightBytes = weightDType === "codes" ? 1 : bytesPerElement[weightDType];
  return {
    checks: false,
    temporaries: [panels * rows * packedRowBytes(k), transposes ? 16 + packedRowBytes(k) : 0, bias.temporary],
    launches: ({ temporaries: [packed, transposed, biasFloats], threads }) => {
      const record = {
        x: packed,
        m,
        n,
        k,
        weights,
        weightDType,
        scales,
        scaleStride,
        group,
        bias: bias.address(biasFloats),
        output: output.storage.address,
        dtype: output.form.dtype,
        transposed,
      };
      return [
        ...bias.launches(biasFloats),
        packRows(
          { items: panels, grain: grainOf(rows * k) },
          { x: x.storage.address, target: packed, m, k, dtype: x.form.dtype, rows, transposed },
        ),
        single
          ? gemvFloats({ items: n, grain: streamGrain(n, k * weightBytes, threads) }, record)
          : gemmFloats({ items: n, grain: columnUnit }, record),
      ];
    },
  };
}
