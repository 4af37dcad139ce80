// The products of a tile: ROWS rows of activations with COLUMNS columns of weights, both as i16. inner-product explains the arithmetic.
import { BLOCK_STEPS, LEAF_STEPS, fitsInt32, nodeBytes } from "./inner-product";

// With more of either, V8 runs out of its 15 vector registers.
export const ROWS: usize = 2;
export const COLUMNS: usize = 3;

/** Bytes from the totals of one row of y to those of the next. */
export const TOTALS_STRIDE: usize = 384;

/** Adds the products of one block to the totals of one tile: at once, or by halves or quarters where 32 bits might not hold them. */
export function addBlock(a: usize, w: usize, count: usize, treeA: usize, treeW: usize, totals: usize): void {
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

// @ts-ignore: decorator
@inline
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
// @ts-ignore: decorator
@inline
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
