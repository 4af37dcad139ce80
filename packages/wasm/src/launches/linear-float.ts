import { bytesPerElement } from "@octet/core";
import { codesCode, dtypeCode } from "../dtype-code.ts";
import type { Launch } from "../launch.ts";
import { packedRowBytes, planBias } from "./bias.ts";
import type { LinearSources } from "./linear-sources.ts";
import { grainOf, type Plan, streamGrain } from "./plan.ts";

/** Rows of a panel of x, and columns whose sums gemm-floats keeps at a time; assembly/gemm-floats.ts. */
const panelRows = 2;
const columnUnit = 64;

/** The bounded mode: x and weights as float32, whatever they were. */
export function planFloatLinear(sources: LinearSources): Plan {
  const { geometry, x, weight, threads } = sources;
  const { m, n, k, dtype } = geometry;
  // gemv-floats reads 8 weights at a time, and gemv-codes 16: a group must not end in between.
  const single = m === 1 && (weight.dtype !== "codes" || weight.group === k || weight.group % 8 === 0);
  const transposes = single && weight.dtype === "codes" && (weight.group === k || weight.group % 16 === 0);
  const rows = single ? 1 : panelRows;
  const panels = Math.ceil(m / rows);
  const bias = planBias(sources.bias, n);
  return {
    temporaries: [panels * rows * packedRowBytes(k), transposes ? 16 + packedRowBytes(k) : 0, bias.temporary],
    launches: (output, [packed, transposed, biasFloats]) => {
      if (m === 0 || n === 0) return [];
      const { address, scales, scaleStride, group } = weight;
      const weightBytes = weight.dtype === "codes" ? 1 : bytesPerElement[weight.dtype];
      const weightCode = weight.dtype === "codes" ? codesCode : dtypeCode[weight.dtype];
      const common = [n, k, address, weightCode, scales, scaleStride, group];
      const result = [bias.address(biasFloats), output, dtypeCode[dtype]];
      const pack: Launch = {
        kernel: "packRows",
        items: panels,
        grain: grainOf(rows * k),
        words: [x.address, packed, m, k, dtypeCode[x.dtype], rows, transposes ? transposed : 0],
      };
      const multiply: Launch = single
        ? {
            kernel: "gemvFloats",
            items: n,
            grain: streamGrain(n, k * weightBytes, threads),
            words: [packed, ...common, ...result, transposes ? transposed : 0],
          }
        : { kernel: "gemmFloats", items: n, grain: columnUnit, words: [packed, m, ...common, ...result] };
      return [...bias.launches(biasFloats), pack, multiply];
    },
  };
}
