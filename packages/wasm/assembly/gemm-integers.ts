// Exact products of many rows: int8 weights, activations as codes of 8 or 16 bits, both as i16. inner-product explains the arithmetic.
import { BFLOAT16, FLOAT32, bfloat16, float16, storeFour, storeOne } from "./dtype";
import {
  BLOCK_STEPS,
  LEAF_STEPS,
  LEAVES,
  fitsInt32,
  leafOffset,
  nodeBytes,
  storeLeaf,
  sumLeaves,
  treeBytes,
} from "./inner-product";
import { addBias } from "./output";
import { word } from "./record";

// A tile is ROWS x COLUMNS: with more, V8 runs out of its 15 vector registers.
const ROWS: usize = 2;
const COLUMNS: usize = 3;
// Panels whose totals are kept while k advances block by block; sized so that they and a panel of weights stay in the caches.
const ROW_PANELS: usize = 64;
const COLUMN_PANELS: usize = 16;
const TOTALS_STRIDE: usize = COLUMN_PANELS * COLUMNS * 8;
// Scratch: a panel of weights [BLOCK_STEPS, COLUMNS, 16] i16, its tree, totals [rows, columns] f64, which holds them exactly.
const TREE: usize = BLOCK_STEPS * COLUMNS * 32;
const TOTALS: usize = TREE + 512;

/**
 * y = fl32(fl32(fl32(T) * sx) * sw) + bias. Items are columns of y.
 * Words: 0 codes (quantize-rows with 2 rows), 1 row scales, 2 trees, 3 m, 4 n, 5 k, 6 weights [n, k] i8, 7 weight scales, 8 bytes from one
 * weight scale to the next (0: one for all), 9 bias [n] f32 (0: none), 10 output, 11 output dtype.
 */
export function gemmIntegers(record: usize, begin: usize, end: usize, scratch: usize): void {
  const rowPanels = (word(record, 3) + ROWS - 1) / ROWS;
  const steps = (word(record, 5) + 15) >> 4;
  const blocks = (steps + BLOCK_STEPS - 1) / BLOCK_STEPS;
  for (let first = begin; first < end; first += COLUMN_PANELS * COLUMNS) {
    const last = min(first + COLUMN_PANELS * COLUMNS, end);
    for (let firstRow: usize = 0; firstRow < rowPanels; firstRow += ROW_PANELS) {
      const lastRow = min(firstRow + ROW_PANELS, rowPanels);
      memory.fill(scratch + TOTALS, 0, (lastRow - firstRow) * ROWS * TOTALS_STRIDE);
      for (let block: usize = 0; block < blocks; block++) {
        const start = block * BLOCK_STEPS;
        const count = min(BLOCK_STEPS, steps - start);
        for (let column = first; column < last; column += COLUMNS) {
          unpackWeights(record, column, start << 4, count, scratch);
          let totals = scratch + TOTALS + (column - first) * 8;
          for (let rowPanel = firstRow; rowPanel < lastRow; rowPanel++, totals += ROWS * TOTALS_STRIDE) {
            const codes = word(record, 0) + (start * rowPanels + count * rowPanel) * ROWS * 32;
            const tree = word(record, 2) + (block * rowPanels + rowPanel) * treeBytes(ROWS);
            addBlock(codes, scratch, count, tree, scratch + TREE, totals);
          }
        }
      }
      storeRows(record, firstRow * ROWS, lastRow * ROWS, first, last, scratch + TOTALS);
    }
  }
}

/**
 * Widens `steps` runs of 16 of the columns n .. n + 2 from `start` on, and makes their tree. What lies past a row's end meets activations
 * that are zero.
 */
function unpackWeights(record: usize, n: usize, start: usize, steps: usize, panel: usize): void {
  const k = word(record, 5);
  const weights = word(record, 6) + start;
  // Past the last column the last one is read again; its totals are not stored.
  const last = word(record, 4) - 1;
  const column0 = weights + n * k;
  const column1 = weights + min(n + 1, last) * k;
  const column2 = weights + min(n + 2, last) * k;
  let target = panel;
  for (let leaf: usize = 0; leaf < LEAVES; leaf++) {
    let corrections0 = i32x4.splat(0);
    let corrections1 = i32x4.splat(0);
    let corrections2 = i32x4.splat(0);
    let squares0 = i32x4.splat(0);
    let squares1 = i32x4.splat(0);
    let squares2 = i32x4.splat(0);
    const end = min((leaf + 1) * LEAF_STEPS, steps) << 4;
    for (let i = min(leaf * LEAF_STEPS, steps) << 4; i < end; i += 16, target += COLUMNS * 32) {
      let low = v128.load8x8_s(column0 + i);
      let high = v128.load8x8_s(column0 + i, 8);
      v128.store(target, low);
      v128.store(target, high, 16);
      corrections0 = i32x4.sub(corrections0, i32x4.dot_i16x8_s(low, high));
      squares0 = i32x4.add(squares0, i32x4.add(i32x4.dot_i16x8_s(low, low), i32x4.dot_i16x8_s(high, high)));
      low = v128.load8x8_s(column1 + i);
      high = v128.load8x8_s(column1 + i, 8);
      v128.store(target, low, 32);
      v128.store(target, high, 48);
      corrections1 = i32x4.sub(corrections1, i32x4.dot_i16x8_s(low, high));
      squares1 = i32x4.add(squares1, i32x4.add(i32x4.dot_i16x8_s(low, low), i32x4.dot_i16x8_s(high, high)));
      low = v128.load8x8_s(column2 + i);
      high = v128.load8x8_s(column2 + i, 8);
      v128.store(target, low, 64);
      v128.store(target, high, 80);
      corrections2 = i32x4.sub(corrections2, i32x4.dot_i16x8_s(low, high));
      squares2 = i32x4.add(squares2, i32x4.add(i32x4.dot_i16x8_s(low, low), i32x4.dot_i16x8_s(high, high)));
    }
    const node = panel + TREE + leafOffset(leaf, COLUMNS);
    storeLeaf(node, corrections0, f32x4.convert_i32x4_s(squares0), 0, COLUMNS);
    storeLeaf(node, corrections1, f32x4.convert_i32x4_s(squares1), 1, COLUMNS);
    storeLeaf(node, corrections2, f32x4.convert_i32x4_s(squares2), 2, COLUMNS);
  }
  sumLeaves(panel + TREE, COLUMNS);
}

/** Adds the products of one block to the totals of one tile: at once, or by halves or quarters where 32 bits might not hold them. */
function addBlock(a: usize, w: usize, count: usize, treeA: usize, treeW: usize, totals: usize): void {
  if (nodeFits(treeA, treeW, 0)) {
    addTile(a, w, count, treeA, treeW, totals);
    return;
  }
  const halfSteps: usize = BLOCK_STEPS / 2;
  for (let half: usize = 1; half <= 2; half++) {
    const first = (half - 1) * halfSteps;
    if (first >= count) return;
    if (nodeFits(treeA, treeW, half)) {
      addNode(a, w, first, min(halfSteps, count - first), treeA, treeW, half, totals);
      continue;
    }
    for (let quarter: usize = 0; quarter < 2; quarter++) {
      const start = first + quarter * LEAF_STEPS;
      if (start >= count) return;
      addNode(a, w, start, min(LEAF_STEPS, count - start), treeA, treeW, 2 * half + 1 + quarter, totals);
    }
  }
}

function nodeFits(treeA: usize, treeW: usize, node: usize): bool {
  return fitsInt32(
    load<f32>(treeA + node * nodeBytes(ROWS) + ROWS * 16),
    load<f32>(treeW + node * nodeBytes(COLUMNS) + COLUMNS * 16),
  );
}

function addNode(
  a: usize,
  w: usize,
  start: usize,
  count: usize,
  treeA: usize,
  treeW: usize,
  node: usize,
  totals: usize,
): void {
  const nodeA = treeA + node * nodeBytes(ROWS);
  const nodeW = treeW + node * nodeBytes(COLUMNS);
  addTile(a + start * ROWS * 32, w + start * COLUMNS * 32, count, nodeA, nodeW, totals);
}

/** Adds `count` runs of products to the totals of one tile. The sums start from the corrections of the rows and columns. */
function addTile(a: usize, w: usize, count: usize, nodeA: usize, nodeW: usize, totals: usize): void {
  const a0 = v128.load(nodeA);
  const a1 = v128.load(nodeA, 16);
  const w0 = v128.load(nodeW);
  const w1 = v128.load(nodeW, 16);
  const w2 = v128.load(nodeW, 32);
  let s00 = i32x4.add(a0, w0);
  let s01 = i32x4.add(a0, w1);
  let s02 = i32x4.add(a0, w2);
  let s10 = i32x4.add(a1, w0);
  let s11 = i32x4.add(a1, w1);
  let s12 = i32x4.add(a1, w2);
  const end = a + count * ROWS * 32;
  for (; a < end; a += ROWS * 32, w += COLUMNS * 32) {
    const low0 = v128.load(a);
    const high0 = v128.load(a, 16);
    const low1 = v128.load(a, 32);
    const high1 = v128.load(a, 48);
    let low = v128.load(w);
    let high = v128.load(w, 16);
    s00 = i32x4.add(s00, i32x4.dot_i16x8_s(i16x8.add(low0, high), i16x8.add(high0, low)));
    s10 = i32x4.add(s10, i32x4.dot_i16x8_s(i16x8.add(low1, high), i16x8.add(high1, low)));
    low = v128.load(w, 32);
    high = v128.load(w, 48);
    s01 = i32x4.add(s01, i32x4.dot_i16x8_s(i16x8.add(low0, high), i16x8.add(high0, low)));
    s11 = i32x4.add(s11, i32x4.dot_i16x8_s(i16x8.add(low1, high), i16x8.add(high1, low)));
    low = v128.load(w, 64);
    high = v128.load(w, 80);
    s02 = i32x4.add(s02, i32x4.dot_i16x8_s(i16x8.add(low0, high), i16x8.add(high0, low)));
    s12 = i32x4.add(s12, i32x4.dot_i16x8_s(i16x8.add(low1, high), i16x8.add(high1, low)));
  }
  addTotals(s00, s01, s02, totals);
  addTotals(s10, s11, s12, totals + TOTALS_STRIDE);
}

/** Adds the four lanes of each sum, modulo 2^32, to three totals. */
function addTotals(s0: v128, s1: v128, s2: v128, totals: usize): void {
  // [s0, s1, s0, s1] of lanes 0 + 2 and 1 + 3, then both halves together.
  const pair = i32x4.add(
    i8x16.shuffle(s0, s1, 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23),
    i8x16.shuffle(s0, s1, 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31),
  );
  const sums = i32x4.add(pair, swapHalves(pair));
  v128.store(totals, f64x2.add(v128.load(totals), f64x2.convert_low_i32x4_s(sums)));
  const half = i32x4.add(s2, swapHalves(s2));
  const sum = i32x4.add(half, i8x16.shuffle(half, half, 4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11));
  v128.store64_lane(totals, f64x2.add(v128.load64_zero(totals, 16), f64x2.convert_low_i32x4_s(sum)), 0, 16);
}

// @ts-ignore: decorator
@inline
function swapHalves(a: v128): v128 {
  return i8x16.shuffle(a, a, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7);
}

function storeRows(record: usize, row: usize, rowEnd: usize, column: usize, columnEnd: usize, totals: usize): void {
  const dtype = <u32>word(record, 11);
  rowEnd = min(rowEnd, word(record, 3));
  for (; row < rowEnd; row++, totals += TOTALS_STRIDE) {
    if (dtype == FLOAT32) storeRow<f32>(record, row, column, columnEnd, totals);
    else if (dtype == BFLOAT16) storeRow<bfloat16>(record, row, column, columnEnd, totals);
    else storeRow<float16>(record, row, column, columnEnd, totals);
  }
}

function storeRow<T>(record: usize, row: usize, column: usize, columnEnd: usize, totals: usize): void {
  const rowScale = load<f32>(word(record, 1) + (row << 2));
  const scaleStride = word(record, 8);
  const bias = word(record, 9);
  let scale = word(record, 7) + column * scaleStride;
  let output = word(record, 10) + (row * word(record, 4) + column) * sizeof<T>();
  for (; column + 4 <= columnEnd; column += 4, totals += 32, scale += 4 * scaleStride, output += 4 * sizeof<T>()) {
    // One rounding from the exact total to float32.
    const low = f32x4.demote_f64x2_zero(v128.load(totals));
    const high = f32x4.demote_f64x2_zero(v128.load(totals, 16));
    const total = i8x16.shuffle(low, high, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23);
    const scales = scaleStride == 0 ? v128.load32_splat(scale) : v128.load(scale);
    let y = f32x4.mul(f32x4.mul(total, f32x4.splat(rowScale)), scales);
    if (bias != 0) y = f32x4.add(y, v128.load(bias + (column << 2)));
    storeFour<T>(output, y);
  }
  for (; column < columnEnd; column++, totals += 8, scale += scaleStride, output += sizeof<T>()) {
    const y = <f32>load<f64>(totals) * rowScale * load<f32>(scale);
    storeOne<T>(output, addBias(y, bias, column));
  }
}
