import { bfloat16, float16, loadFour, loadOne } from "../dtype/dtype";
import { fitsTopBytes, gemvCodes } from "./gemv-codes";
import { GemvFloats } from "./gemv-record";
import { addFloatLanes, multiplyAdd } from "./multiply-add";
import { addBias, storeOutput } from "./output";
import { streamLength } from "./streams";
import { DTypeCode } from "../record";

/** The product of one row in float32: reads the weights once, straight from memory. Items are columns. */
export function gemvFloats(record: GemvFloats, begin: usize, end: usize, scratch: usize): void {
  const dtype = record.weightDType;
  if (dtype == DTypeCode.float32) gemvAs<f32>(record, begin, end);
  else if (dtype == DTypeCode.float16) gemvAs<float16>(record, begin, end);
  else if (dtype == DTypeCode.bfloat16) gemvAs<bfloat16>(record, begin, end);
  else if (record.transposed != 0 && fitsTopBytes(record)) gemvCodes(record, begin, end);
  else gemvAs<i8>(record, begin, end);
}

function gemvAs<W>(record: GemvFloats, begin: usize, end: usize): void {
  const k = record.k;
  const weights = record.weights;
  const length = streamLength(begin, end);
  for (let column0 = begin; column0 < begin + length; column0++) {
    // Past the last column the last one is read again; its sums are not stored.
    const column1 = min(column0 + length, end - 1);
    const column2 = min(column0 + 2 * length, end - 1);
    const column3 = min(column0 + 3 * length, end - 1);
    const w0 = weights + column0 * k * sizeof<W>();
    const w1 = weights + column1 * k * sizeof<W>();
    const w2 = weights + column2 * k * sizeof<W>();
    const w3 = weights + column3 * k * sizeof<W>();
    let y0 = f32x4.splat(0);
    let y1 = f32x4.splat(0);
    let y2 = f32x4.splat(0);
    let y3 = f32x4.splat(0);
    const x = record.x;
    const group = sizeof<W>() == 1 ? record.group : k;
    // Codes past the end of a row meet an x of 0. Floats could be NaN there: they end at a whole run, and the rest is added one by one.
    const whole = sizeof<W>() == 1 ? k : k & ~7;
    for (let start: usize = 0; start < whole; start += group) {
      let low0 = f32x4.splat(0);
      let high0 = f32x4.splat(0);
      let low1 = f32x4.splat(0);
      let high1 = f32x4.splat(0);
      let low2 = f32x4.splat(0);
      let high2 = f32x4.splat(0);
      let low3 = f32x4.splat(0);
      let high3 = f32x4.splat(0);
      const groupEnd = min(start + group, whole);
      for (let i = start; i < groupEnd; i += 8) {
        const xLow = v128.load(x + (i << 2));
        const xHigh = v128.load(x + (i << 2), 16);
        const at = i * sizeof<W>();
        if (sizeof<W>() == 1) {
          let eight = v128.load8x8_s(w0 + at);
          low0 = multiplyAdd(f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(eight)), xLow, low0);
          high0 = multiplyAdd(f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(eight)), xHigh, high0);
          eight = v128.load8x8_s(w1 + at);
          low1 = multiplyAdd(f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(eight)), xLow, low1);
          high1 = multiplyAdd(f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(eight)), xHigh, high1);
          eight = v128.load8x8_s(w2 + at);
          low2 = multiplyAdd(f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(eight)), xLow, low2);
          high2 = multiplyAdd(f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(eight)), xHigh, high2);
          eight = v128.load8x8_s(w3 + at);
          low3 = multiplyAdd(f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(eight)), xLow, low3);
          high3 = multiplyAdd(f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(eight)), xHigh, high3);
        } else {
          low0 = multiplyAdd(loadFour<W>(w0 + at), xLow, low0);
          high0 = multiplyAdd(loadFour<W>(w0 + at + 4 * sizeof<W>()), xHigh, high0);
          low1 = multiplyAdd(loadFour<W>(w1 + at), xLow, low1);
          high1 = multiplyAdd(loadFour<W>(w1 + at + 4 * sizeof<W>()), xHigh, high1);
          low2 = multiplyAdd(loadFour<W>(w2 + at), xLow, low2);
          high2 = multiplyAdd(loadFour<W>(w2 + at + 4 * sizeof<W>()), xHigh, high2);
          low3 = multiplyAdd(loadFour<W>(w3 + at), xLow, low3);
          high3 = multiplyAdd(loadFour<W>(w3 + at + 4 * sizeof<W>()), xHigh, high3);
        }
      }
      const index = start / group;
      y0 = addScaled<W>(y0, f32x4.add(low0, high0), record, column0, index);
      y1 = addScaled<W>(y1, f32x4.add(low1, high1), record, column1, index);
      y2 = addScaled<W>(y2, f32x4.add(low2, high2), record, column2, index);
      y3 = addScaled<W>(y3, f32x4.add(low3, high3), record, column3, index);
    }
    storeColumn<W>(record, column0, y0, w0, whole);
    if (column0 + length < end) storeColumn<W>(record, column1, y1, w1, whole);
    if (column0 + 2 * length < end) storeColumn<W>(record, column2, y2, w2, whole);
    if (column0 + 3 * length < end) storeColumn<W>(record, column3, y3, w3, whole);
  }
}

// @ts-ignore: decorator
@inline
function addScaled<W>(y: v128, sum: v128, record: GemvFloats, column: usize, index: usize): v128 {
  if (sizeof<W>() > 1) return f32x4.add(y, sum);
  const scale = load<f32>(record.scales + column * record.scaleStride + (index << 2));
  return f32x4.add(y, f32x4.mul(sum, f32x4.splat(scale)));
}

/** Adds what is left from `from` on, which for codes is nothing, and the bias. */
function storeColumn<W>(record: GemvFloats, column: usize, lanes: v128, weights: usize, from: usize): void {
  const x = record.x;
  const k = record.k;
  let y = addFloatLanes(lanes);
  for (let i = from; i < k; i++) y += load<f32>(x + (i << 2)) * loadOne<W>(weights + i * sizeof<W>());
  storeOutput(record.output, column, record.dtype, addBias(y, record.bias, column));
}
