import { bfloat16, float16, loadFour, loadOne, storeFour, storeOne } from "./dtype/dtype";
import { exponential } from "./exponential";
import { Address, Count, DTypeCode } from "./record";

/** The numbers that stand for the functions. */
export const enum ActivationCode {
  relu,
  gelu,
  silu,
}

@unmanaged
export class ActivateBlocks {
  /** [size] */
  x: Address;
  /** [size] */
  output: Address;
  size: Count;
  /** Elements of a block. */
  block: Count;
  /** Of x and the output. */
  dtype: DTypeCode;
  kind: ActivationCode;
}

/** An element-wise function of blocks begin .. end - 1, in float32, rounded once to the dtype of x. */
export function activateBlocks(record: ActivateBlocks, begin: usize, end: usize, scratch: usize): void {
  const dtype = record.dtype;
  if (dtype == DTypeCode.float32) activateAs<f32>(record, begin, end);
  else if (dtype == DTypeCode.bfloat16) activateAs<bfloat16>(record, begin, end);
  else activateAs<float16>(record, begin, end);
}

function activateAs<T>(record: ActivateBlocks, begin: usize, end: usize): void {
  const x = record.x;
  const output = record.output;
  const kind = record.kind;
  const block = record.block;
  let i = begin * block;
  const last = min(end * block, record.size);
  for (; i + 4 <= last; i += 4) {
    storeFour<T>(output + i * sizeof<T>(), activate(loadFour<T>(x + i * sizeof<T>()), kind));
  }
  for (; i < last; i++) {
    const value = f32x4.splat(loadOne<T>(x + i * sizeof<T>()));
    storeOne<T>(output + i * sizeof<T>(), f32x4.extract_lane(activate(value, kind), 0));
  }
}

function activate(x: v128, kind: ActivationCode): v128 {
  if (kind == ActivationCode.relu) return f32x4.max(x, f32x4.splat(0));
  if (kind == ActivationCode.gelu) return f32x4.mul(x, normalCdf(x));
  return f32x4.div(x, f32x4.add(f32x4.splat(1), exponential(f32x4.neg(x)))); // silu
}

/** Phi(x), the share of a normal distribution below x, to 1e-7: Abramowitz and Stegun 26.2.17. */
function normalCdf(x: v128): v128 {
  const magnitude = f32x4.abs(x);
  const density = f32x4.mul(
    exponential(f32x4.mul(f32x4.mul(x, x), f32x4.splat(-0.5))),
    f32x4.splat(0.398942280401432678),
  );
  const t = f32x4.div(
    f32x4.splat(1),
    f32x4.add(f32x4.splat(1), f32x4.mul(magnitude, f32x4.splat(0.2316419))),
  );
  let sum = f32x4.splat(1.330274429);
  sum = f32x4.add(f32x4.mul(sum, t), f32x4.splat(-1.821255978));
  sum = f32x4.add(f32x4.mul(sum, t), f32x4.splat(1.781477937));
  sum = f32x4.add(f32x4.mul(sum, t), f32x4.splat(-0.356563782));
  sum = f32x4.add(f32x4.mul(sum, t), f32x4.splat(0.31938153));
  const tail = f32x4.mul(density, f32x4.mul(sum, t));
  return v128.bitselect(tail, f32x4.sub(f32x4.splat(1), tail), f32x4.lt(x, f32x4.splat(0)));
}
