// Exact products of many rows: int8 weights, activations as codes of 8 or 16 bits. integer-tile multiplies; this walks through the matrices
// so that what it multiplies is in the caches.
import { bfloat16, float16, storeFour, storeOne } from "../dtype/dtype";
import { BLOCK_STEPS, treeBytes } from "./inner-product";
import { COLUMNS, ROWS, TOTALS_STRIDE, addBlock } from "./integer-tile";
import { PANEL_BYTES, TREE, unpackColumns } from "./integer-weights";
import { addBias } from "./output";
import { Address, Count, DTypeCode } from "../record";

// Panels whose totals are kept while k advances block by block.
const ROW_PANELS: usize = 64;
const COLUMN_PANELS: usize = TOTALS_STRIDE / 8 / COLUMNS;
// Scratch: a panel of weights with its tree, then totals [rows, columns] as f64, which holds them exactly.
const TOTALS: usize = PANEL_BYTES;

@unmanaged
export class GemmIntegers {
  /** [m, k], as quantize-rows with 2 rows leaves it. */
  codes: Address;
  /** f32 [m] */
  rowScales: Address;
  /** Of quantize-rows. */
  trees: Address;
  m: Count;
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
  /** [m, n] */
  output: Address;
  /** Of the output. */
  dtype: DTypeCode;
  /** The largest code of activations. */
  qmax: i32;
}

/** y = fl32(fl32(fl32(T) * sx) * sw) + bias. Items are columns of y. */
export function gemmIntegers(record: GemmIntegers, begin: usize, end: usize, scratch: usize): void {
  if (record.qmax > 127) gemmAs<i16>(record, begin, end, scratch);
  else gemmAs<i8>(record, begin, end, scratch);
}

/** T: what the codes of activations fit in. */
function gemmAs<T>(record: GemmIntegers, begin: usize, end: usize, scratch: usize): void {
  const rowPanels = (record.m + ROWS - 1) / ROWS;
  const steps = (record.k + 15) >> 4;
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
          unpackWeights<T>(record, column, last - 1, start, count, scratch);
          let totals = scratch + TOTALS + (column - first) * 8;
          for (let rowPanel = firstRow; rowPanel < lastRow; rowPanel++, totals += ROWS * TOTALS_STRIDE) {
            const codes = record.codes + (start * rowPanels + count * rowPanel) * ROWS * 32;
            const tree = record.trees + (block * rowPanels + rowPanel) * treeBytes(ROWS);
            addBlock(codes, scratch, count, tree, scratch + TREE, totals);
          }
        }
      }
      storeRows(record, firstRow * ROWS, lastRow * ROWS, first, last, scratch + TOTALS);
    }
  }
}

/** Past the last column the last one is read again; its totals are not stored. */
function unpackWeights<T>(record: GemmIntegers, n: usize, last: usize, start: usize, steps: usize, panel: usize): void {
  const k = record.k;
  const weights = record.weights + (start << 4);
  unpackColumns<T>(weights + n * k, weights + min(n + 1, last) * k, weights + min(n + 2, last) * k, steps, panel);
}

function storeRows(record: GemmIntegers, row: usize, rowEnd: usize, column: usize, columnEnd: usize, totals: usize): void {
  const dtype = record.dtype;
  rowEnd = min(rowEnd, record.m);
  for (; row < rowEnd; row++, totals += TOTALS_STRIDE) {
    if (dtype == DTypeCode.float32) storeRow<f32>(record, row, column, columnEnd, totals);
    else if (dtype == DTypeCode.bfloat16) storeRow<bfloat16>(record, row, column, columnEnd, totals);
    else storeRow<float16>(record, row, column, columnEnd, totals);
  }
}

function storeRow<T>(record: GemmIntegers, row: usize, column: usize, columnEnd: usize, totals: usize): void {
  const rowScale = load<f32>(record.rowScales + (row << 2));
  const scaleStride = record.scaleStride;
  const bias = record.bias;
  let scale = record.scales + column * scaleStride;
  let output = record.output + (row * record.n + column) * sizeof<T>();
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
