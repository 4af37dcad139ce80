import { type FloatDType, type HostTensor, narrow, rne, type ScaleLayout } from "@octet/core";
import type { CodeRange } from "@octet/core/backend";

/** Every step of the numeric contract that a sabotage may replace. */
export interface Arithmetic {
  /** A float that an op reads: an element, a scale, a bias. */
  readonly input: (value: number) => number;
  /** The scale of a group, before 0 becomes 1. */
  readonly scale: (maximum: number, qmax: number) => number;
  readonly quotient: (value: number, scale: number) => number;
  /** A quotient as an integer. */
  readonly round: (quotient: number) => number;
  /** Elements at the end of each group that its maximum leaves out. */
  readonly missed: number;
  readonly range: (range: CodeRange, of: "weights" | "int16" | "int8") => CodeRange;
  /** The sum of integer products so far. */
  readonly sum: (sum: number, mode: "int16" | "int8") => number;
  /** From the integer sum to the result, in float32. */
  readonly epilogue: (sum: number, rowScale: number, columnScale: number, bias: number | undefined) => number;
  readonly output: (values: Float32Array, dtype: FloatDType) => HostTensor<FloatDType>["data"];
  /** The channel whose scale the codes of a channel are made with. */
  readonly scaleIndex: (channel: number) => number;
}

const fl32 = Math.fround;

/** The contract, step by step. */
export const contract: Arithmetic = {
  input: (value) => value,
  scale: (maximum, qmax) => fl32(maximum / qmax),
  quotient: (value, scale) => fl32(value / scale),
  round: rne,
  missed: 0,
  range: (range) => range,
  sum: (sum) => sum,
  epilogue: (sum, rowScale, columnScale, bias) => {
    const product = fl32(fl32(fl32(sum) * rowScale) * columnScale);
    return bias === undefined ? product : fl32(product + bias);
  },
  output: narrow,
  scaleIndex: (channel) => channel,
};

/** Codes and scales of values under a layout, by these steps. */
export function quantizeBy(
  steps: Arithmetic,
  values: Float32Array,
  { outer, channels, inner }: ScaleLayout,
  { lowest, qmax }: CodeRange,
): { readonly codes: Int16Array; readonly scales: Float32Array } {
  const codes = new Int16Array(values.length);
  const scales = new Float32Array(channels);
  const indexOf = (channel: number, member: number) =>
    (Math.floor(member / inner) * channels + channel) * inner + (member % inner);
  const size = outer * inner;
  for (let channel = 0; channel < channels; channel++) {
    let maximum = 0;
    for (let member = 0; member < size - steps.missed; member++) {
      maximum = Math.max(maximum, Math.abs(steps.input(values[indexOf(channel, member)])));
    }
    scales[channel] = steps.input(steps.scale(maximum, qmax)) || 1;
  }
  for (let channel = 0; channel < channels; channel++) {
    const scale = scales[steps.scaleIndex(channel)];
    for (let member = 0; member < size; member++) {
      const index = indexOf(channel, member);
      const code = steps.round(steps.quotient(steps.input(values[index]), scale));
      codes[index] = Math.min(Math.max(code, lowest), qmax);
    }
  }
  return { codes, scales };
}
