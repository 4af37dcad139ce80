import type { FloatDType } from "@octet/core";
import type { LinearVariant } from "../kernels/linear/variant.ts";
import { decompose } from "./decompose.ts";
import { narrowBits } from "./narrow.ts";
import { addBits, multiplyBits, roundBits, sumBits, wideSumBits } from "./soft-float.ts";
import { elementsPerWord, widenWord } from "./widen.ts";

/**
 * `store_result(m, n, sum)`: scales, bias, one rounding to the output dtype, into a buffer y of `y`. In the exact modes
 * `fl32(fl32(fl32(sum) * x_scale) * w_scale)`, then `fl32(... + bias)`, in integer arithmetic.
 */
export function storeResult(variant: LinearVariant, y: "zeroes" | "arbitrary"): string {
  const { activations, bias, output } = variant;
  const pieces = activations === "float" ? floatResult(variant) : exactResult(variant);
  return `${pieces}${bias === undefined ? "" : biasBits(bias)}${narrowBits[output]}
fn store_result(m: u32, n: u32, sum: Sum) {
  let bits = narrow_bits(result_bits(m, n, sum));
  let at = params.yShift + m * params.columns + params.firstN + n;
  ${storeBits(output, y)}
}
`;
}

function exactResult({ activations, bias }: LinearVariant): string {
  const sum = activations === "int8" ? "sum_bits(sum)" : "wide_sum_bits(sum.x, sum.y)";
  return `${decompose}${roundBits}${multiplyBits}${activations === "int8" ? sumBits : wideSumBits}${bias ? addBits : ""}
fn result_bits(m: u32, n: u32, sum: Sum) -> u32 {
  let by_row = multiply_bits(${sum}, x_scales[params.xScalesShift + m]);
  let product = multiply_bits(by_row, w_scales[params.wScalesShift + n * params.wScalesStep]);
  return ${bias ? "add_bits(product, bias_bits(n))" : "product"};
}
`;
}

function floatResult({ weights, bias }: LinearVariant): string {
  const scaled = weights === "codes" ? "sum * w_scales[params.wScalesShift + n * params.wScalesStep]" : "sum";
  return `
fn result_bits(m: u32, n: u32, sum: Sum) -> u32 {
  return bitcast<u32>(${scaled}${bias ? " + bitcast<f32>(bias_bits(n))" : ""});
}
`;
}

function biasBits(dtype: FloatDType): string {
  const perWord = elementsPerWord[dtype];
  return `${widenWord[dtype].replaceAll("widen_word", "widen_bias")}
fn bias_bits(n: u32) -> u32 {
  let at = params.firstN + n;
  return widen_bias(bias[at / ${perWord}u], at % ${perWord}u);
}
`;
}

/**
 * Results of half types share words between invocations: they are merged into what is there, each its own half, whatever the bits of a
 * result that is not finite are.
 */
function storeBits(output: FloatDType, y: "zeroes" | "arbitrary"): string {
  if (elementsPerWord[output] === 1) return "y[at] = bits;";
  const merge = "atomicOr(&y[at / 2u], (bits & 0xffffu) << ((at % 2u) * 16u));";
  return y === "zeroes" ? merge : `atomicAnd(&y[at / 2u], 0xffff0000u >> ((at % 2u) * 16u));\n  ${merge}`;
}
