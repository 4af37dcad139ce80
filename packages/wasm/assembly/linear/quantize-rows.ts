import { absmax, isNonFinite } from "../quantize/absmax";
import { codeEight, codeOne, scaleOf } from "../quantize/codes";
import { bfloat16, float16 } from "../dtype/dtype";
import { BLOCK_STEPS, LEAF_STEPS, LEAVES, leafOffset, storeLeaf, sumLeaves, treeBytes } from "./inner-product";
import { Address, Checked, Count, DTypeCode, note } from "../record";

@unmanaged
export class QuantizeRows extends Checked {
  codes: Address;
  /** f32 [m] */
  scales: Address;
  /** [k / 2048, panels] */
  trees: Address;
  m: Count;
  k: Count;
  qmax: i32;
  /** Rows of a panel. */
  rows: Count;
}

/**
 * int8 or int16 codes of activations, each row with its own scale, as i16 in the order in which the multiplication reads them: panels of
 * `rows` rows, in blocks of 2048 of k: [k / 2048, panels, 2048 / 16, rows, 16], the last block shorter, zeros where k or the last panel is
 * filled up (src/memory/code-layout.ts). With more than one row also the trees that gemm-integers needs (see inner-product). Items are panels.
 */
export function quantizeRows(record: QuantizeRows, begin: usize, end: usize, scratch: usize): void {
  const dtype = record.dtype;
  if (dtype == DTypeCode.float32) quantizeRowsAs<f32>(record, begin, end);
  else if (dtype == DTypeCode.bfloat16) quantizeRowsAs<bfloat16>(record, begin, end);
  else quantizeRowsAs<float16>(record, begin, end);
}

function quantizeRowsAs<T>(record: QuantizeRows, begin: usize, end: usize): void {
  const m = record.m;
  const k = record.k;
  const qmax = record.qmax;
  const rows = record.rows;
  const panels = (m + rows - 1) / rows;
  const steps = (k + 15) >> 4;
  const blocks = (steps + BLOCK_STEPS - 1) / BLOCK_STEPS;
  for (let panel = begin; panel < end; panel++) {
    const lastRow = min(panel * rows + rows, m);
    for (let row = panel * rows; row < lastRow; row++) {
      const amax = absmax<T>(record.source + row * k * sizeof<T>(), k);
      if (isNonFinite(amax)) note(record);
      store<f32>(record.scales + (row << 2), scaleOf(amax, qmax));
    }
    for (let block: usize = 0; block < blocks; block++) {
      const first = block * BLOCK_STEPS;
      const count = min(BLOCK_STEPS, steps - first);
      const codes = record.codes + (first * panels + count * panel) * rows * 32;
      for (let r: usize = 0; r < rows; r++) {
        const row = panel * rows + r;
        if (row < m) {
          const source = record.source + (row * k + (first << 4)) * sizeof<T>();
          const scale = load<f32>(record.scales + (row << 2));
          codeRow<T>(source, codes + r * 32, rows * 32, min(count << 4, k - (first << 4)), scale, qmax);
        } else {
          clearRow(codes + r * 32, rows * 32, count);
        }
      }
      if (rows > 1) summarizeBlock(codes, rows, count, record.trees + (block * panels + panel) * treeBytes(rows));
    }
  }
}

/** Makes the tree of `steps` runs of 16 of a panel. */
function summarizeBlock(codes: usize, rows: usize, steps: usize, tree: usize): void {
  for (let leaf: usize = 0; leaf < LEAVES; leaf++) {
    const first = min(leaf * LEAF_STEPS, steps);
    const count = min(LEAF_STEPS, steps - first);
    for (let r: usize = 0; r < rows; r++) {
      let corrections = i32x4.splat(0);
      let squares = f32x4.splat(0);
      let at = codes + (first * rows + r) * 32;
      for (let i: usize = 0; i < count; i++, at += rows * 32) {
        const low = v128.load(at);
        const high = v128.load(at, 16);
        corrections = i32x4.sub(corrections, i32x4.dot_i16x8_s(low, high));
        squares = f32x4.add(squares, f32x4.convert_i32x4_s(i32x4.dot_i16x8_s(low, low)));
        squares = f32x4.add(squares, f32x4.convert_i32x4_s(i32x4.dot_i16x8_s(high, high)));
      }
      storeLeaf(tree + leafOffset(leaf, rows), corrections, squares, r, rows);
    }
  }
  sumLeaves(tree, rows);
}

/** Codes of `k` elements of a row, `stride` bytes from one run of 16 to the next. */
function codeRow<T>(source: usize, codes: usize, stride: usize, k: usize, scale: f32, qmax: i32): void {
  const scales = f32x4.splat(scale);
  const low = i16x8.splat(<i16>-qmax);
  const high = i16x8.splat(<i16>qmax);
  let left = k;
  for (; left >= 16; left -= 16, source += 16 * sizeof<T>(), codes += stride) {
    v128.store(codes, codeEight<T>(source, scales, scales, low, high));
    v128.store(codes, codeEight<T>(source + 8 * sizeof<T>(), scales, scales, low, high), 16);
  }
  if (left == 0) return;
  clearRow(codes, stride, 1);
  for (let i: usize = 0; i < left; i++) {
    store<i16>(codes + (i << 1), <i16>codeOne<T>(source + i * sizeof<T>(), scale, -qmax, qmax));
  }
}

function clearRow(codes: usize, stride: usize, steps: usize): void {
  for (; steps > 0; steps--, codes += stride) {
    v128.store(codes, i32x4.splat(0));
    v128.store(codes, i32x4.splat(0), 16);
  }
}

@unmanaged
export class SummarizeRows {
  /** As quantize-rows with 2 rows leaves them. */
  codes: Address;
  /** [k / 2048, panels] */
  trees: Address;
  m: Count;
  k: Count;
  /** Rows of a panel. */
  rows: Count;
}

/** Makes the trees of codes that were uploaded. Items are panels. */
export function summarizeRows(record: SummarizeRows, begin: usize, end: usize, scratch: usize): void {
  const rows = record.rows;
  const panels = (record.m + rows - 1) / rows;
  const steps = (record.k + 15) >> 4;
  for (let panel = begin; panel < end; panel++) {
    for (let first: usize = 0, block: usize = 0; first < steps; first += BLOCK_STEPS, block++) {
      const count = min(BLOCK_STEPS, steps - first);
      const codes = record.codes + (first * panels + count * panel) * rows * 32;
      summarizeBlock(codes, rows, count, record.trees + (block * panels + panel) * treeBytes(rows));
    }
  }
}
