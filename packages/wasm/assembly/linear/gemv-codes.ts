import { GemvFloats } from "./gemv-record";
import { addFloatLanes, multiplyAdd } from "./multiply-add";
import { addBias, storeOutput } from "./output";
import { streamLength } from "./streams";

const TOP_BYTES = memory.data<u32>([0xff000000]); // see float16 for why it is loaded
const SECOND_BYTES = memory.data<u32>([0x01808080, 0x05808080, 0x09808080, 0x0d808080]);
const THIRD_BYTES = memory.data<u32>([0x02808080, 0x06808080, 0x0a808080, 0x0e808080]);

/**
 * gemv-floats for codes, two thirds faster. Widening a byte to a float takes long, so it is done in place: as the top byte of an i32 it
 * stands for 2^24 times its value. The factor is taken off at the end, exactly: sums are multiples of 2^-125. `fitsTopBytes` tells whether
 * x leaves room for it.
 * Codes that share a scale: all of a column, or a multiple of 16.
 */
export function gemvCodes(record: GemvFloats, begin: usize, end: usize): void {
  const k = record.k;
  const weights = record.weights;
  const group = record.group;
  const x = record.transposed + 16;
  const top = v128.load32_splat(TOP_BYTES);
  const second = RELAXED ? v128.load(SECOND_BYTES) : top;
  const third = RELAXED ? v128.load(THIRD_BYTES) : top;
  const length = streamLength(begin, end);
  for (let column0 = begin; column0 < begin + length; column0++) {
    // Past the last column the last one is read again; its sums are not stored.
    const column1 = min(column0 + length, end - 1);
    const column2 = min(column0 + 2 * length, end - 1);
    const column3 = min(column0 + 3 * length, end - 1);
    const w0 = weights + column0 * k;
    const w1 = weights + column1 * k;
    const w2 = weights + column2 * k;
    const w3 = weights + column3 * k;
    let y0 = f32x4.splat(0);
    let y1 = f32x4.splat(0);
    let y2 = f32x4.splat(0);
    let y3 = f32x4.splat(0);
    for (let start: usize = 0, index: usize = 0; start < k; start += group, index += 4) {
      let s0 = f32x4.splat(0);
      let s1 = f32x4.splat(0);
      let s2 = f32x4.splat(0);
      let s3 = f32x4.splat(0);
      // Codes past the end of a row meet an x of 0.
      for (let i = start; i < start + group; i += 16) {
        const at = x + (i << 2);
        const x0 = v128.load(at);
        const x1 = v128.load(at, 16);
        const x2 = v128.load(at, 32);
        const x3 = v128.load(at, 48);
        s0 = addRun(v128.load(w0 + i), x0, x1, x2, x3, top, second, third, s0);
        s1 = addRun(v128.load(w1 + i), x0, x1, x2, x3, top, second, third, s1);
        s2 = addRun(v128.load(w2 + i), x0, x1, x2, x3, top, second, third, s2);
        s3 = addRun(v128.load(w3 + i), x0, x1, x2, x3, top, second, third, s3);
      }
      y0 = addScaled(y0, s0, record, column0, index);
      y1 = addScaled(y1, s1, record, column1, index);
      y2 = addScaled(y2, s2, record, column2, index);
      y3 = addScaled(y3, s3, record, column3, index);
    }
    storeColumn(record, column0, y0);
    if (column0 + length < end) storeColumn(record, column1, y1);
    if (column0 + 2 * length < end) storeColumn(record, column2, y2);
    if (column0 + 3 * length < end) storeColumn(record, column3, y3);
  }
}

/** Whether 2^24 * 128 * sum |x| is sure to stay finite. */
export function fitsTopBytes(record: GemvFloats): bool {
  return load<f32>(record.transposed) * <f32>record.k < reinterpret<f32>(0x6c800000); // 2^90
}

/**
 * Adds the products of 16 codes: byte i of each lane, moved to the top, belongs to vector i of x. The masks are of the top byte and of how
 * the others get there.
 */
// @ts-ignore: decorator
@inline
function addRun(codes: v128, x0: v128, x1: v128, x2: v128, x3: v128, top: v128, second: v128, third: v128, sum: v128): v128 {
  sum = multiplyAdd(f32x4.convert_i32x4_s(i32x4.shl(codes, 24)), x0, sum);
  sum = multiplyAdd(f32x4.convert_i32x4_s(moveToTop(codes, 16, second)), x1, sum);
  sum = multiplyAdd(f32x4.convert_i32x4_s(moveToTop(codes, 8, third)), x2, sum);
  return multiplyAdd(f32x4.convert_i32x4_s(v128.and(codes, top)), x3, sum);
}

/** A byte of each lane at its top, zeros below, at once with relaxed SIMD: to it as well, the 0x80 of a mask means zero. */
// @ts-ignore: decorator
@inline
function moveToTop(codes: v128, bits: i32, mask: v128): v128 {
  return RELAXED ? i8x16.relaxed_swizzle(codes, mask) : v128.and(i32x4.shl(codes, bits), mask);
}

/** y + sum * 2^-24 * scale */
function addScaled(y: v128, sum: v128, record: GemvFloats, column: usize, index: usize): v128 {
  const scale = load<f32>(record.scales + column * record.scaleStride + index);
  return f32x4.add(y, f32x4.mul(f32x4.mul(sum, f32x4.splat(1.0 / 16777216.0)), f32x4.splat(scale)));
}

function storeColumn(record: GemvFloats, column: usize, lanes: v128): void {
  const y = addBias(addFloatLanes(lanes), record.bias, column);
  storeOutput(record.output, column, record.dtype, y);
}
