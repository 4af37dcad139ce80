import { rowCount } from "@octet/core/backend";
import { blockSize } from "./block-allocator.ts";

/** Rows of a panel of codes, where there is more than one; assembly/linear/gemm-integers.ts. */
const panelRows = 2;

/** Input features of a block, and of a run; assembly/linear/inner-product.ts. */
const blockFeatures = 2048;
const runFeatures = 16;

/** Bytes of the tree of a block of a panel. */
const treeBytes = 7 * (panelRows + 1) * 16;

/**
 * How codes of activations `[m, k]` lie in memory: as i16 in panels of rows, `[k / 2048, panels, 2048 / 16, rows, 16]`, the last block
 * shorter, zeros where k or the last panel is filled up; then a scale for each row; then, with several rows, the trees of the blocks
 * `[k / 2048, panels]`. It is the order in which exact linear layers read them (assembly/linear/quantize-rows.ts).
 */
export interface CodeLayout {
  readonly m: number;
  readonly k: number;
  /** Rows of a panel. */
  readonly rows: number;
  readonly panels: number;
  /** Bytes from the start of the block, as the next one. */
  readonly scaleOffset: number;
  readonly treeOffset: number;
  /** Of the whole block. */
  readonly bytes: number;
}

/** The layout of x `[..., k]`. */
export function codeLayout(shape: readonly number[]): CodeLayout {
  const m = rowCount(shape);
  const k = shape[shape.length - 1];
  const rows = m === 1 ? 1 : panelRows;
  const panels = Math.ceil(m / rows);
  const scaleOffset = blockSize(panels * rows * Math.ceil(k / runFeatures) * runFeatures * 2);
  const treeOffset = scaleOffset + blockSize(m * 4);
  const trees = rows === 1 ? 0 : panels * Math.ceil(k / blockFeatures) * treeBytes;
  return { m, k, rows, panels, scaleOffset, treeOffset, bytes: treeOffset + trees };
}

/** The index of the code of a row and a feature among the codes. */
export function codeIndex({ k, rows, panels }: CodeLayout, row: number, feature: number): number {
  const runs = Math.ceil(k / runFeatures);
  const blockRuns = blockFeatures / runFeatures;
  const run = Math.floor(feature / runFeatures);
  const first = run - (run % blockRuns);
  const panel = Math.floor(row / rows);
  const panelStart = first * panels + Math.min(blockRuns, runs - first) * panel;
  return ((panelStart + run - first) * rows + (row % rows)) * runFeatures + (feature % runFeatures);
}
