import { bfloat16, float16, storeOne } from "../dtype/dtype";
import { DTypeCode } from "../record";

const NAN = memory.data<u32>([0x7fc00000]); // see float16 for why it is loaded

/**
 * The one NaN for all: WebAssembly leaves the sign and the payload of a NaN open, and engines give others once they have compiled a
 * function anew, where the same call is to give the same bits.
 */
// @ts-ignore: decorator
@inline
export function unifyNaNs(values: v128): v128 {
  return v128.bitselect(values, v128.load32_splat(NAN), f32x4.eq(values, values));
}

/** Stores y[index], rounded once to the output dtype. */
// @ts-ignore: decorator
@inline
export function storeOutput(output: usize, index: usize, dtype: DTypeCode, sum: f32): void {
  const value = sum == sum ? sum : reinterpret<f32>(0x7fc00000);
  if (dtype == DTypeCode.float32) storeOne<f32>(output + (index << 2), value);
  else if (dtype == DTypeCode.bfloat16) storeOne<bfloat16>(output + (index << 1), value);
  else storeOne<float16>(output + (index << 1), value);
}

/** y + bias[n] where there is a bias: an addition of 0 would turn -0 into 0. */
// @ts-ignore: decorator
@inline
export function addBias(value: f32, bias: usize, n: usize): f32 {
  return bias == 0 ? value : value + load<f32>(bias + (n << 2));
}

/** fl32(fl32(fl32(T) * sx) * sw), left to right. */
// @ts-ignore: decorator
@inline
export function scaleTotal(total: i64, rowScale: f32, columnScale: f32): f32 {
  return <f32>total * rowScale * columnScale;
}
