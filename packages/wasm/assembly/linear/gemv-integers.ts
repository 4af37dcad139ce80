import { addBias, scaleTotal, storeOutput } from "./output";
import { streamLength } from "./streams";
import { Address, Count, DTypeCode } from "../record";

// A lane gains at most 2 * 32639 * 128 from a multiplication, so 256 of them fit; a run of 16 takes two.
const BLOCK: usize = 2048;

@unmanaged
export class GemvIntegers {
  /** [k], as quantize-rows with 1 row leaves it. */
  codes: Address;
  /** f32 */
  rowScale: Address;
  n: Count;
  k: Count;
  /** i8 [n, k] */
  weights: Address;
  /** f32 [n], or one. */
  scales: Address;
  /** Bytes from one weight scale to the next; 0: one for all. */
  scaleStride: Count;
  /** f32 [n] */
  bias: Address;
  /** [n] */
  output: Address;
  /** Of the output. */
  dtype: DTypeCode;
}

/** The exact product of one row: reads the weights once, straight from memory. Items are columns. */
export function gemvIntegers(record: GemvIntegers, begin: usize, end: usize, scratch: usize): void {
  const codes = record.codes;
  const k = record.k;
  const padded = (k + 15) & ~15;
  const weights = record.weights;
  const length = streamLength(begin, end);
  for (let column0 = begin; column0 < begin + length; column0++) {
    // Past the last column the last one is read again; its totals are not stored.
    const column1 = column0 + length;
    const column2 = column1 + length;
    const column3 = column2 + length;
    const w0 = weights + column0 * k;
    const w1 = weights + min(column1, end - 1) * k;
    const w2 = weights + min(column2, end - 1) * k;
    const w3 = weights + min(column3, end - 1) * k;
    let t0: i64 = 0;
    let t1: i64 = 0;
    let t2: i64 = 0;
    let t3: i64 = 0;
    for (let block: usize = 0; block < padded; block += BLOCK) {
      const blockEnd = min(block + BLOCK, padded);
      let s0 = i32x4.splat(0);
      let s1 = i32x4.splat(0);
      let s2 = i32x4.splat(0);
      let s3 = i32x4.splat(0);
      for (let i = block; i < blockEnd; i += 16) {
        // What lies past a row's end meets codes that are zero.
        const low = v128.load(codes + (i << 1));
        const high = v128.load(codes + (i << 1), 16);
        s0 = addRun(w0 + i, low, high, s0);
        s1 = addRun(w1 + i, low, high, s1);
        s2 = addRun(w2 + i, low, high, s2);
        s3 = addRun(w3 + i, low, high, s3);
      }
      t0 += addLanes(s0);
      t1 += addLanes(s1);
      t2 += addLanes(s2);
      t3 += addLanes(s3);
    }
    storeColumn(record, column0, t0);
    if (column1 < end) storeColumn(record, column1, t1);
    if (column2 < end) storeColumn(record, column2, t2);
    if (column3 < end) storeColumn(record, column3, t3);
  }
}

/** Adds the products of 16 weights. */
// @ts-ignore: decorator
@inline
function addRun(weights: usize, low: v128, high: v128, sum: v128): v128 {
  sum = i32x4.add(sum, i32x4.dot_i16x8_s(low, v128.load8x8_s(weights)));
  return i32x4.add(sum, i32x4.dot_i16x8_s(high, v128.load8x8_s(weights, 8)));
}

function addLanes(lanes: v128): i64 {
  const pairs = i64x2.add(i64x2.extend_low_i32x4_s(lanes), i64x2.extend_high_i32x4_s(lanes));
  return i64x2.extract_lane(pairs, 0) + i64x2.extract_lane(pairs, 1);
}

function storeColumn(record: GemvIntegers, column: usize, total: i64): void {
  const scale = load<f32>(record.scales + column * record.scaleStride);
  const y = scaleTotal(total, load<f32>(record.rowScale), scale);
  storeOutput(record.output, column, record.dtype, addBias(y, record.bias, column));
}
