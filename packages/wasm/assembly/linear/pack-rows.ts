import { absmax } from "../quantize/absmax";
import { bfloat16, float16, loadFour, loadOne } from "../dtype/dtype";
import { Address, Count, DTypeCode } from "../record";

@unmanaged
export class PackRows {
  /** [m, k] */
  x: Address;
  target: Address;
  m: Count;
  k: Count;
  /** Of x. */
  dtype: DTypeCode;
  /** Rows of a panel. */
  rows: Count;
  /** What gemv-codes needs of a single row: its largest magnitude, then from the 16th byte on the row as transposeRow gives it. */
  transposed: Address;
}

/**
 * Activations, or a bias, as f32 in the order in which the multiplication reads them: panels of `rows` rows, in each panel
 * [k / 4, rows, 4], zeros where the last panel is filled up and from k to the next multiple of 16. With one row: as they are, widened.
 * Items are panels.
 */
export function packRows(record: PackRows, begin: usize, end: usize, scratch: usize): void {
  const dtype = record.dtype;
  if (dtype == DTypeCode.float32) packRowsAs<f32>(record, begin, end);
  else if (dtype == DTypeCode.bfloat16) packRowsAs<bfloat16>(record, begin, end);
  else packRowsAs<float16>(record, begin, end);
}

function packRowsAs<T>(record: PackRows, begin: usize, end: usize): void {
  const m = record.m;
  const k = record.k;
  const rows = record.rows;
  const stride = rows * 16;
  const panelBytes = ((k + 15) & ~15) * rows * 4;
  for (let panel = begin; panel < end; panel++) {
    const target = record.target + panel * panelBytes;
    // The floats past k, and the rows past m, are zeros.
    memory.fill(target + (k >> 2) * stride, 0, panelBytes - (k >> 2) * stride);
    for (let r: usize = 0; r < rows; r++) {
      const row = panel * rows + r;
      let at = target + r * 16;
      if (row >= m) {
        for (let i: usize = 0; i < k >> 2; i++, at += stride) v128.store(at, i32x4.splat(0));
        continue;
      }
      let source = record.x + row * k * sizeof<T>();
      for (let i: usize = 0; i < k >> 2; i++, at += stride, source += 4 * sizeof<T>()) v128.store(at, loadFour<T>(source));
      for (let i: usize = 0; i < (k & 3); i++) store<f32>(at + (i << 2), loadOne<T>(source + i * sizeof<T>()));
    }
  }
  const transposed = record.transposed;
  if (transposed == 0) return;
  store<f32>(transposed, absmax<f32>(record.target, k));
  transposeRow(record.target, transposed + 16, (k + 15) & ~15);
}

/** Each run of 16 as the 4 x 4 matrix that it is, transposed: lane j of vector i is element 4 * j + i. */
function transposeRow(source: usize, target: usize, count: usize): void {
  const end = source + count * 4;
  for (; source < end; source += 64, target += 64) {
    const a = v128.load(source);
    const b = v128.load(source, 16);
    const c = v128.load(source, 32);
    const d = v128.load(source, 48);
    const ab = i8x16.shuffle(a, b, 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23);
    const cd = i8x16.shuffle(c, d, 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23);
    const abHigh = i8x16.shuffle(a, b, 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31);
    const cdHigh = i8x16.shuffle(c, d, 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31);
    v128.store(target, i8x16.shuffle(ab, cd, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23));
    v128.store(target, i8x16.shuffle(ab, cd, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31), 16);
    v128.store(target, i8x16.shuffle(abHigh, cdHigh, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23), 32);
    v128.store(target, i8x16.shuffle(abHigh, cdHigh, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31), 48);
  }
}
