import { BFLOAT16, FLOAT32, bfloat16, float16, loadFour, loadOne, storeFour, storeOne } from "./dtype";
import { exponential } from "./exponential";
import { word } from "./record";

// src/launches/activation.ts has the same numbers.
const RELU: u32 = 0;
const GELU: u32 = 1;

/**
 * An element-wise function of blocks begin .. end - 1, in float32, rounded once to the dtype of x.
 * Words: 0 x, 1 output, 2 size in elements, 3 block in elements, 4 dtype, 5 kind.
 */
export function activateBlocks(record: usize, begin: usize, end: usize, scratch: usize): void {
  const dtype = <u32>word(record, 4);
  if (dtype == FLOAT32) activateAs<f32>(record, begin, end);
  else if (dtype == BFLOAT16) activateAs<bfloat16>(record, begin, end);
  else activateAs<float16>(record, begin, end);
}

function activateAs<T>(record: usize, begin: usize, end: usize): void {
  const x = word(record, 0);
  const output = word(record, 1);
  const kind = <u32>word(record, 5);
  const block = word(record, 3);
  let i = begin * block;
  const last = min(end * block, word(record, 2));
  for (; i + 4 <= last; i += 4) {
    storeFour<T>(output + i * sizeof<T>(), activate(loadFour<T>(x + i * sizeof<T>()), kind));
  }
  for (; i < last; i++) {
    const value = f32x4.splat(loadOne<T>(x + i * sizeof<T>()));
    storeOne<T>(output + i * sizeof<T>(), f32x4.extract_lane(activate(value, kind), 0));
  }
}

function activate(x: v128, kind: u32): v128 {
  if (kind == RELU) return f32x4.max(x, f32x4.splat(0));
  if (kind == GELU) return f32x4.mul(x, normalCdf(x));
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
