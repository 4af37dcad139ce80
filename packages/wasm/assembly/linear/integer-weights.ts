import { BLOCK_STEPS, LEAF_STEPS, LEAVES, leafOffset, storeLeaf, sumLeaves } from "./inner-product";
import { COLUMNS } from "./integer-tile";

/** Where the tree of a panel lies, in bytes from its start. */
export const TREE: usize = BLOCK_STEPS * COLUMNS * 32;

/** Bytes of a panel and its tree, in whole cache lines. */
export const PANEL_BYTES: usize = TREE + 512;

/**
 * A panel: `steps` runs of 16 of three columns of weights (i8) as i16, [steps, COLUMNS, 16], and their tree. What lies past a column's end
 * meets activations that are zero. T is what the codes of activations fit in: totals of i8 always lie within 32 bits, so that their tree
 * needs no squares.
 */
export function unpackColumns<T>(column0: usize, column1: usize, column2: usize, steps: usize, panel: usize): void {
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
      if (sizeof<T>() == 2) squares0 = i32x4.add(squares0, i32x4.add(i32x4.dot_i16x8_s(low, low), i32x4.dot_i16x8_s(high, high)));
      low = v128.load8x8_s(column1 + i);
      high = v128.load8x8_s(column1 + i, 8);
      v128.store(target, low, 32);
      v128.store(target, high, 48);
      corrections1 = i32x4.sub(corrections1, i32x4.dot_i16x8_s(low, high));
      if (sizeof<T>() == 2) squares1 = i32x4.add(squares1, i32x4.add(i32x4.dot_i16x8_s(low, low), i32x4.dot_i16x8_s(high, high)));
      low = v128.load8x8_s(column2 + i);
      high = v128.load8x8_s(column2 + i, 8);
      v128.store(target, low, 64);
      v128.store(target, high, 80);
      corrections2 = i32x4.sub(corrections2, i32x4.dot_i16x8_s(low, high));
      if (sizeof<T>() == 2) squares2 = i32x4.add(squares2, i32x4.add(i32x4.dot_i16x8_s(low, low), i32x4.dot_i16x8_s(high, high)));
    }
    const node = panel + TREE + leafOffset(leaf, COLUMNS);
    storeLeaf(node, corrections0, f32x4.convert_i32x4_s(squares0), 0, COLUMNS);
    storeLeaf(node, corrections1, f32x4.convert_i32x4_s(squares1), 1, COLUMNS);
    storeLeaf(node, corrections2, f32x4.convert_i32x4_s(squares2), 2, COLUMNS);
  }
  sumLeaves(panel + TREE, COLUMNS);
}
