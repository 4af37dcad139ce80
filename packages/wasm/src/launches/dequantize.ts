import { type FloatDType, scaleLayout, sizeOf } from "@octet/core";
import { type QuantizedForm, quantizedParts } from "../device-tensor.ts";
import { dtypeCode } from "../dtype-code.ts";
import { grainOf, type Plan } from "./plan.ts";

/** Elements that one item takes where one scale is for all. */
const wholeBlock = 65536;

/** `fl32(code * scale)`, rounded to `dtype`. `codes` is the address of the block of a quantized tensor of this form. */
export function planDequantize(codes: number, form: QuantizedForm, dtype: FloatDType): Plan {
  const size = sizeOf(form.shape);
  const { outer, channels, inner } = scaleLayout(form.granularity, form.shape);
  const whole = form.granularity.kind === "tensor";
  const run = whole ? wholeBlock : inner;
  // With runs of one element an item is a row of all channels; see assembly/dequantize.ts.
  const items = whole ? Math.ceil(size / run) : inner === 1 ? outer : outer * channels;
  const grain = grainOf(inner === 1 ? channels : run);
  const scales = codes + quantizedParts(form).scaleOffset;
  return {
    temporaries: [],
    launches: (output) => {
      const words = [codes, scales, output, channels, run, size, dtypeCode[dtype]];
      return size === 0 ? [] : [{ kernel: "dequantizeRuns", items, grain, words }];
    },
  };
}
