import { activationRange } from "@octet/core";
import { dtypeCode } from "../dtype-code.ts";
import { planBias } from "./bias.ts";
import type { LinearSources } from "./linear-sources.ts";
import { grainOf, type Plan, statusBytes, streamGrain } from "./plan.ts";

/** Rows of a panel of codes, and columns whose totals gemm-integers keeps at a time; assembly/gemm-integers.ts. */
const panelRows = 2;
const columnUnit = 48;

/** Bytes of the tree of a block of 2048 input features of a panel; assembly/inner-product.ts. */
const treeBytes = 7 * (panelRows + 1) * 16;

/** The exact modes: the rows of x become integer codes, then integers are multiplied. */
export function planIntegerLinear(sources: LinearSources, activations: "int8" | "int16"): Plan {
  const { geometry, x, weight, threads } = sources;
  const { m, n, k, dtype } = geometry;
  const rows = m === 1 ? 1 : panelRows;
  const panels = Math.ceil(m / rows);
  const steps = Math.ceil(k / 16);
  const trees = rows === 1 ? 0 : panels * Math.ceil(k / 2048) * treeBytes;
  const bias = planBias(sources.bias, n);
  const { qmax } = activationRange[activations];
  return {
    temporaries: [statusBytes, panels * rows * steps * 32, m * 4, trees, bias.temporary],
    mustBeFinite: { ...x, size: m * k },
    launches: (output, [status, codes, scales, tree, biasFloats]) => {
      const common = [
        weight.address,
        weight.scales,
        weight.scaleStride,
        bias.address(biasFloats),
        output,
        dtypeCode[dtype],
      ];
      return [
        ...bias.launches(biasFloats),
        {
          kernel: "quantizeRows",
          items: panels,
          grain: grainOf(rows * k),
          words: [x.address, codes, scales, tree, m, k, dtypeCode[x.dtype], qmax, status, rows],
        },
        rows === 1
          ? {
              kernel: "gemvIntegers",
              items: n,
              grain: streamGrain(n, k, threads),
              words: [codes, scales, n, k, ...common],
            }
          : {
              kernel: "gemmIntegers",
              items: n,
              grain: columnUnit,
              words: [codes, scales, tree, m, n, k, ...common, qmax],
            },
      ];
    },
  };
}
