import { sizeOf } from "@octet/core";
import { normalizedLayout } from "@octet/core/backend";
import { dequantizeRuns } from "../generated/kernels.ts";
import { scaleOffset } from "../memory/storage.ts";
import type { FloatOperand, QuantizedOperand } from "./operand.ts";
import { grainOf, type Plan, planOf } from "./plan.ts";

/** Elements that one item takes where one scale is for all. */
const wholeBlock = 65536;

/** `fl32(code * scale)`, rounded to the dtype of the output. */
export function planDequantize(
  { tensor }: { readonly tensor: QuantizedOperand },
  _params: object,
  output: FloatOperand,
): Plan {
  const { granularity, shape } = tensor.form;
  const size = sizeOf(shape);
  if (size === 0) return planOf();
  const { outer, channels, inner } = normalizedLayout(granularity, shape);
  const whole = granularity.kind === "tensor";
  const run = whole ? wholeBlock : inner;
  // With runs of one element an item is a row of all channels; see assembly/quantize/dequantize.ts.
  const items = whole ? Math.ceil(size / run) : inner === 1 ? outer : outer * channels;
  const codes = tensor.storage.address;
  return planOf(
    dequantizeRuns(
      { items, grain: grainOf(inner === 1 ? channels : run) },
      {
        codes,
        scales: codes + scaleOffset(tensor.form),
        output: output.storage.address,
        channels,
        inner: run,
        size,
        dtype: output.form.dtype,
      },
    ),
  );
}
