// Products of many rows in float32, within the bound of the numeric contract. Weights become float32, scale included, a panel at a time.
import { bfloat16, float16, loadFour, loadOne, storeFour, storeOne } from "../dtype/dtype";
import { addBias, unifyNaNs } from "./output";
import { multiplyAdd } from "./multiply-add";
import { Address, Count, DTypeCode } from "../record";

const ROWS: usize = 2;
const COLUMNS: usize = 4;
// The k of a panel of weights, and panels whose sums are kept while k advances; sized so that they stay in the caches.
const BLOCK: usize = 512;
const ROW_PANELS: usize = 64;
const COLUMN_PANELS: usize = 16;
const SUMS_STRIDE: usize = COLUMN_PANELS * COLUMNS * 4;
// Scratch: a panel of weights [BLOCK / 4, COLUMNS, 4] f32, sums [rows, columns] f32.
const SUMS: usize = BLOCK * COLUMNS * 4;

@unmanaged
export class GemmFloats {
  /** [m, k], as pack-rows with 2 rows leaves it. */
  x: Address;
  m: Count;
  n: Count;
  k: Count;
  /** [n, k] */
  weights: Address;
  weightDType: DTypeCode;
  /** f32 [n, k / group] of codes, or fewer with a stride of 0. */
  scales: Address;
  /** Bytes from the scales of one column to those of the next. */
  scaleStride: Count;
  /** Input features that share a scale. */
  group: Count;
  /** f32 [n] */
  bias: Address;
  /** [m, n] */
  output: Address;
  /** Of the output. */
  dtype: DTypeCode;
}

/** y = sum x w + bias. Items are columns of y. */
export function gemmFloats(record: GemmFloats, begin: usize, end: usize, scratch: usize): void {
  const dtype = record.weightDType;
  if (dtype == DTypeCode.float32) gemmAs<f32>(record, begin, end, scratch);
  else if (dtype == DTypeCode.float16) gemmAs<float16>(record, begin, end, scratch);
  else if (dtype == DTypeCode.bfloat16) gemmAs<bfloat16>(record, begin, end, scratch);
  else gemmAs<i8>(record, begin, end, scratch);
}

function gemmAs<W>(record: GemmFloats, begin: usize, end: usize, scratch: usize): void {
  const rowPanels = (record.m + ROWS - 1) / ROWS;
  const padded = (record.k + 15) & ~15;
  const sums = scratch + SUMS;
  for (let first = begin; first < end; first += COLUMN_PANELS * COLUMNS) {
    const last = min(first + COLUMN_PANELS * COLUMNS, end);
    for (let firstRow: usize = 0; firstRow < rowPanels; firstRow += ROW_PANELS) {
      const lastRow = min(firstRow + ROW_PANELS, rowPanels);
      memory.fill(sums, 0, (lastRow - firstRow) * ROWS * SUMS_STRIDE);
      for (let start: usize = 0; start < padded; start += BLOCK) {
        const count = min(BLOCK, padded - start);
        for (let column = first; column < last; column += COLUMNS) {
          // Past the last column the last one is read again; its sums are not stored.
          for (let c: usize = 0; c < COLUMNS; c++) {
            unpackWeights<W>(record, min(column + c, last - 1), start, count, scratch + c * 16);
          }
          let at = sums + (column - first) * 4;
          for (let rowPanel = firstRow; rowPanel < lastRow; rowPanel++, at += ROWS * SUMS_STRIDE) {
            addTile(record.x + (rowPanel * padded + start) * ROWS * 4, scratch, count, at);
          }
        }
      }
      storeRows(record, firstRow * ROWS, lastRow * ROWS, first, last, sums);
    }
  }
}

/** Column n from `start` on as float32, zeros past k. `count` is a multiple of 16. */
function unpackWeights<W>(record: GemmFloats, n: usize, start: usize, count: usize, target: usize): void {
  const k = record.k;
  const row = record.weights + n * k * sizeof<W>();
  const stride = COLUMNS * 16;
  const whole = min(count, k - start) & ~3;
  const end = min(count, k - start);
  const group = record.group;
  const scales = sizeof<W>() == 1 ? record.scales + n * record.scaleStride : 0;
  let i: usize = 0;
  if (sizeof<W>() > 1) {
    for (; i < whole; i += 4, target += stride) v128.store(target, loadFour<W>(row + (start + i) * sizeof<W>()));
  } else if ((group & 3) == 0 || group == k) {
    while (i < whole) {
      const index = (start + i) / group;
      const scale = f32x4.splat(load<f32>(scales + (index << 2)));
      const runEnd = min(whole, (index + 1) * group - start);
      for (; i < runEnd; i += 4, target += stride) {
        v128.store(target, f32x4.mul(loadFour<W>(row + start + i), scale));
      }
    }
  }
  for (; i < count; i += 4, target += stride) {
    v128.store(target, i32x4.splat(0));
    for (let j = i; j < min(i + 4, end); j++) {
      let weight = loadOne<W>(row + (start + j) * sizeof<W>());
      if (sizeof<W>() == 1) weight *= load<f32>(scales + (((start + j) / group) << 2));
      store<f32>(target + ((j & 3) << 2), weight);
    }
  }
}

/** Adds the products of one block to the sums of one tile. */
function addTile(x: usize, w: usize, count: usize, sums: usize): void {
  let s00 = f32x4.splat(0);
  let s01 = f32x4.splat(0);
  let s02 = f32x4.splat(0);
  let s03 = f32x4.splat(0);
  let s10 = f32x4.splat(0);
  let s11 = f32x4.splat(0);
  let s12 = f32x4.splat(0);
  let s13 = f32x4.splat(0);
  const end = x + count * ROWS * 4;
  for (; x < end; x += ROWS * 16, w += COLUMNS * 16) {
    const x0 = v128.load(x);
    const x1 = v128.load(x, 16);
    let weights = v128.load(w);
    s00 = multiplyAdd(x0, weights, s00);
    s10 = multiplyAdd(x1, weights, s10);
    weights = v128.load(w, 16);
    s01 = multiplyAdd(x0, weights, s01);
    s11 = multiplyAdd(x1, weights, s11);
    weights = v128.load(w, 32);
    s02 = multiplyAdd(x0, weights, s02);
    s12 = multiplyAdd(x1, weights, s12);
    weights = v128.load(w, 48);
    s03 = multiplyAdd(x0, weights, s03);
    s13 = multiplyAdd(x1, weights, s13);
  }
  v128.store(sums, f32x4.add(v128.load(sums), transposeAdd(s00, s01, s02, s03)));
  sums += SUMS_STRIDE;
  v128.store(sums, f32x4.add(v128.load(sums), transposeAdd(s10, s11, s12, s13)));
}

/** [sum of a's lanes, of b's, of c's, of d's] */
function transposeAdd(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = f32x4.add(
    i8x16.shuffle(a, b, 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23),
    i8x16.shuffle(a, b, 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31),
  );
  const cd = f32x4.add(
    i8x16.shuffle(c, d, 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23),
    i8x16.shuffle(c, d, 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31),
  );
  return f32x4.add(
    i8x16.shuffle(ab, cd, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23),
    i8x16.shuffle(ab, cd, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31),
  );
}

function storeRows(record: GemmFloats, row: usize, rowEnd: usize, column: usize, columnEnd: usize, sums: usize): void {
  const dtype = record.dtype;
  rowEnd = min(rowEnd, record.m);
  for (; row < rowEnd; row++, sums += SUMS_STRIDE) {
    if (dtype == DTypeCode.float32) storeRow<f32>(record, row, column, columnEnd, sums);
    else if (dtype == DTypeCode.bfloat16) storeRow<bfloat16>(record, row, column, columnEnd, sums);
    else storeRow<float16>(record, row, column, columnEnd, sums);
  }
}

function storeRow<T>(record: GemmFloats, row: usize, column: usize, columnEnd: usize, sums: usize): void {
  const bias = record.bias;
  let output = record.output + (row * record.n + column) * sizeof<T>();
  for (; column + 4 <= columnEnd; column += 4, sums += 16, output += 4 * sizeof<T>()) {
    const y = v128.load(sums);
    storeFour<T>(output, unifyNaNs(bias == 0 ? y : f32x4.add(y, v128.load(bias + (column << 2)))));
  }
  for (; column < columnEnd; column++, sums += 4, output += sizeof<T>()) {
    const y = f32x4.splat(addBias(load<f32>(sums), bias, column));
    storeOne<T>(output, f32x4.extract_lane(unifyNaNs(y), 0));
  }
}
