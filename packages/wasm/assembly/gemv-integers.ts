import { word } from "./record";
import { addBias, scaleTotal, storeOutput } from "./output";

// A lane gains at most 2 * 32639 * 128 from a multiplication, so 256 of them fit; each accumulator takes half of a run of 16.
const BLOCK: usize = 4096;

/**
 * The exact product of one row: reads the weights once, straight from memory. Items are columns.
 * Words: 0 codes (quantize-rows with 1 row), 1 row scale, 2 n, 3 k, 4 weights [n, k] i8, 5 weight scales, 6 bytes from one weight scale to
 * the next (0: one for all), 7 bias [n] f32 (0: none), 8 output, 9 output dtype.
 */
export function gemvIntegers(record: usize, begin: usize, end: usize, scratch: usize): void {
  const codes = word(record, 0);
  const rowScale = load<f32>(word(record, 1));
  const k = word(record, 3);
  const padded = (k + 15) & ~15;
  const weights = word(record, 4);
  for (let column = begin; column < end; column += 4) {
    // Past the last column the last one is read again; its totals are not stored.
    const w0 = weights + column * k;
    const w1 = weights + min(column + 1, end - 1) * k;
    const w2 = weights + min(column + 2, end - 1) * k;
    const w3 = weights + min(column + 3, end - 1) * k;
    let t0: i64 = 0;
    let t1: i64 = 0;
    let t2: i64 = 0;
    let t3: i64 = 0;
    for (let block: usize = 0; block < padded; block += BLOCK) {
      const blockEnd = min(block + BLOCK, padded);
      let low0 = i32x4.splat(0);
      let high0 = i32x4.splat(0);
      let low1 = i32x4.splat(0);
      let high1 = i32x4.splat(0);
      let low2 = i32x4.splat(0);
      let high2 = i32x4.splat(0);
      let low3 = i32x4.splat(0);
      let high3 = i32x4.splat(0);
      for (let i = block; i < blockEnd; i += 16) {
        // What lies past a row's end meets codes that are zero.
        const low = v128.load(codes + (i << 1));
        const high = v128.load(codes + (i << 1), 16);
        low0 = i32x4.add(low0, i32x4.dot_i16x8_s(low, v128.load8x8_s(w0 + i)));
        high0 = i32x4.add(high0, i32x4.dot_i16x8_s(high, v128.load8x8_s(w0 + i, 8)));
        low1 = i32x4.add(low1, i32x4.dot_i16x8_s(low, v128.load8x8_s(w1 + i)));
        high1 = i32x4.add(high1, i32x4.dot_i16x8_s(high, v128.load8x8_s(w1 + i, 8)));
        low2 = i32x4.add(low2, i32x4.dot_i16x8_s(low, v128.load8x8_s(w2 + i)));
        high2 = i32x4.add(high2, i32x4.dot_i16x8_s(high, v128.load8x8_s(w2 + i, 8)));
        low3 = i32x4.add(low3, i32x4.dot_i16x8_s(low, v128.load8x8_s(w3 + i)));
        high3 = i32x4.add(high3, i32x4.dot_i16x8_s(high, v128.load8x8_s(w3 + i, 8)));
      }
      t0 += addLanes(low0) + addLanes(high0);
      t1 += addLanes(low1) + addLanes(high1);
      t2 += addLanes(low2) + addLanes(high2);
      t3 += addLanes(low3) + addLanes(high3);
    }
    storeColumn(record, column, t0, rowScale);
    if (column + 1 < end) storeColumn(record, column + 1, t1, rowScale);
    if (column + 2 < end) storeColumn(record, column + 2, t2, rowScale);
    if (column + 3 < end) storeColumn(record, column + 3, t3, rowScale);
  }
}

function addLanes(lanes: v128): i64 {
  const pairs = i64x2.add(i64x2.extend_low_i32x4_s(lanes), i64x2.extend_high_i32x4_s(lanes));
  return i64x2.extract_lane(pairs, 0) + i64x2.extract_lane(pairs, 1);
}

function storeColumn(record: usize, column: usize, total: i64, rowScale: f32): void {
  const y = scaleTotal(total, rowScale, load<f32>(word(record, 5) + column * word(record, 6)));
  storeOutput(word(record, 8), column, <u32>word(record, 9), addBias(y, word(record, 7), column));
}
