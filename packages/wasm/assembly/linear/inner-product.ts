import { addFloatLanes } from "./multiply-add";

// Winograd's inner product, the arithmetic of gemm-integers.
//
// Multiplications are what x86 has too few units for, so half of them become additions (S. Winograd, "A New Algorithm for Inner Product",
// IEEE Transactions on Computers C-17, 1968). A run of 16 is split in halves: a, b of activations and u, v of weights. Then
//     sum (a + v)(b + u) = sum a u + sum b v + sum a b + sum u v,
// and the last two sums belong to one row and one column alone: they are taken off once for each block of k, as `corrections`. The sums
// a + v stay within 16 bits, since 32639 + 128 = 32767.
//
// Sums of products are kept modulo 2^32. That is exact when the total of a block lies within 32 bits. 512 products do (512 * 32639 * 128 <
// 2^31); more of them do unless the data is unusual, and |total|^2 <= sum x^2 * sum w^2 (Cauchy and Schwarz) tells. So each block of 2048
// has a tree of summaries: node 0 for the block, nodes 1 and 2 for its halves, nodes 3 to 6 for its quarters of 512.

/** Runs of 16 in a block, and in a leaf of its tree. */
export const BLOCK_STEPS: usize = 128;
export const LEAF_STEPS: usize = 32;
export const LEAVES: usize = 4;
const NODES: usize = 7;

/** Bytes of a node for `count` rows or columns: their corrections as i32x4 (lanes to be added up), then the largest sum of squares, f32. */
// @ts-ignore: decorator
@inline
export function nodeBytes(count: usize): usize {
  return (count + 1) * 16;
}

// @ts-ignore: decorator
@inline
export function treeBytes(count: usize): usize {
  return nodeBytes(count) * NODES;
}

/** Whether totals of this node's block are sure to lie within 32 bits. The sums of squares are off by less than 2^-16 of themselves. */
// @ts-ignore: decorator
@inline
export function fitsInt32(squaresX: f32, squaresW: f32): bool {
  return squaresX * squaresW < <f32>(4611686018427387904.0 * (1.0 - 1.0 / 1024.0));
}

/** Bytes from the start of a tree to its leaf `leaf` (0 to 3). */
// @ts-ignore: decorator
@inline
export function leafOffset(leaf: usize, count: usize): usize {
  return (3 + leaf) * nodeBytes(count);
}

/** Stores what a leaf says of row (or column) `index` of `count`. They are stored in order, from 0. */
export function storeLeaf(node: usize, corrections: v128, squares: v128, index: usize, count: usize): void {
  v128.store(node + index * 16, corrections);
  const sum = addFloatLanes(squares);
  store<f32>(node + count * 16, index == 0 ? sum : max(sum, load<f32>(node + count * 16)));
}

/** Fills in nodes 0 to 2 for `count` rows or columns, once the leaves are complete. */
export function sumLeaves(tree: usize, count: usize): void {
  const bytes = nodeBytes(count);
  for (let parent: usize = 3; parent > 0; parent--) {
    const node = tree + (parent - 1) * bytes;
    const left = tree + (2 * parent - 1) * bytes;
    for (let i: usize = 0; i < count * 16; i += 16) {
      v128.store(node + i, i32x4.add(v128.load(left + i), v128.load(left + bytes + i)));
    }
    store<f32>(node + count * 16, load<f32>(left + count * 16) + load<f32>(left + bytes + count * 16));
  }
}
