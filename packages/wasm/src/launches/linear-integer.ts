import type { RowCodesKind } from "@octet/core";
import { rowCodesLimit } from "@octet/core/backend";
import { gemmIntegers, gemvIntegers } from "../generated/kernels.ts";
import { type CodeLayout, codeLayout } from "../memory/code-layout.ts";
import type { Launch } from "../run/launch.ts";
import { type BiasPlan, planBias } from "./bias.ts";
import type { FloatOperand, RowCodesOperand } from "./operand.ts";
import { type Plan, streamGrain } from "./plan.ts";
import { launchQuantizeRows } from "./quantize-rows.ts";
import type { Weight } from "./weight.ts";

/** Columns whose totals gemm-integers keeps at a time; assembly/linear/gemm-integers.ts. */
const columnUnit = 48;

/** The weight, bias and result of a linear layer. */
export interface LinearParts {
  readonly weight: Weight;
  readonly bias: FloatOperand | undefined;
  readonly output: FloatOperand;
}

/** The exact modes: the rows of x become integer codes, then integers are multiplied. */
export function planIntegerLinear(x: FloatOperand, activations: RowCodesKind, parts: LinearParts): Plan {
  const layout = codeLayout(x.form.shape);
  const bias = planBias(parts.bias, parts.weight.n);
  return {
    checks: true,
    temporaries: [layout.bytes, bias.temporary],
    launches: ({ temporaries: [codes, biasFloats], finding, threads }) => [
      ...bias.launches(biasFloats),
      launchQuantizeRows(x, layout, activations, codes, finding),
      multiply(codes, layout, activations, bias.address(biasFloats), parts, threads),
    ],
  };
}

/** The exact modes on rows that are codes already. */
export function planCodesLinear({ form, storage }: RowCodesOperand, parts: LinearParts): Plan {
  const layout = codeLayout(form.shape);
  const bias: BiasPlan = planBias(parts.bias, parts.weight.n);
  return {
    checks: false,
    temporaries: [bias.temporary],
    launches: ({ temporaries: [biasFloats], threads }) => [
      ...bias.launches(biasFloats),
      multiply(storage.address, layout, form.activations, bias.address(biasFloats), parts, threads),
    ],
  };
}

function multiply(
  codes: number,
  { m, rows, scaleOffset, treeOffset }: CodeLayout,
  activations: RowCodesKind,
  bias: number,
  { weight, output }: LinearParts,
  threads: number,
): Launch {
  const { address: weights, scales, scaleStride, n, k } = weight;
  const rowScales = codes + scaleOffset;
  const record = {
    codes,
    rowScales,
    rowScale: rowScales,
    trees: codes + treeOffset,
    m,
    n,
    k,
    weights,
    scales,
    scaleStride,
    bias,
    output: output.storage.address,
    dtype: output.form.dtype,
    qmax: rowCodesLimit[activations],
  };
  return rows === 1
    ? gemvIntegers({ items: n, grain: streamGrain(n, k, threads) }, record)
    : gemmIntegers({ items: n, grain: columnUnit }, record);
}
