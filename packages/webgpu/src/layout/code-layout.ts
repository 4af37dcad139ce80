import type { HostQuantizedTensor } from "@octet/core";
import { allocate } from "@octet/core/backend";

/** Rows that lie interleaved: as many as a workgroup of the matrix-vector kernel has invocations side by side. */
export const blockRows = 64;

/** Longer rows are not interleaved: 64 of them, as float32, would not fit a binding of the size that every device offers. */
const maxBlockCols = 2 ** 18;

/** Codes in a quad, four words: what an invocation loads at once. */
export const quadCodes = 16;

/**
 * How codes lie on the device: as rows of quads of 16 codes, each row padded to whole quads. In blocks of 64 rows the quads are
 * interleaved, first that of every row, then the second of every row, and so on, so that invocations which work on neighbouring rows
 * load neighbouring quads. Quad q of row r is at `((floor(r / block) * quads) + q) * block + r % block`.
 *
 * Padding codes of a row are 0; padding rows, where the last block is not full, are arbitrary.
 */
export interface CodeLayout {
  readonly rows: number;
  /** Codes of a row, without padding. */
  readonly cols: number;
  /** Quads of a row. */
  readonly quads: number;
  /** 64, or 1 where rows are not interleaved. */
  readonly block: number;
  /** On the device, padding included. */
  readonly bytes: number;
}

/** The layout of codes of a shape: matrices by rows, everything else as one row. */
export function codeLayout(shape: readonly number[]): CodeLayout {
  if (shape.length !== 2) {
    const size = shape.reduce((product, extent) => product * extent, 1);
    return rowLayout(size === 0 ? 0 : 1, size, 1);
  }
  const [rows, cols] = shape;
  return rowLayout(rows, cols, rows >= blockRows && cols <= maxBlockCols ? blockRows : 1);
}

/** The layout of `rows` rows of `cols` codes in blocks of `block` rows. */
export function rowLayout(rows: number, cols: number, block: number): CodeLayout {
  const quads = Math.ceil(cols / quadCodes);
  return { rows, cols, quads, block, bytes: rowsBytes({ quads, block }, rows) };
}

/** Bytes of the first `rows` rows, which is where the next begins if `rows` is a multiple of the block. */
export function rowsBytes({ quads, block }: Pick<CodeLayout, "quads" | "block">, rows: number): number {
  return Math.ceil(rows / block) * block * quads * quadCodes;
}

/** Codes in the layout of the device. */
export function packCodes(codes: Int8Array, layout: CodeLayout): Uint8Array<ArrayBuffer> {
  const packed = new Uint8Array(layout.bytes);
  const bytes = new Uint8Array(codes.buffer, codes.byteOffset, codes.length);
  if (layout.rows === 1) packed.set(bytes);
  else
    moveQuads(layout, (row, quad, at, length) => {
      const from = row * layout.cols + quad * quadCodes;
      for (let i = 0; i < length; i++) packed[at + i] = bytes[from + i];
    });
  return packed;
}

/** Codes from the layout of the device. */
export function unpackCodes(packed: Uint8Array, layout: CodeLayout): HostQuantizedTensor["quantized"]["data"] {
  const codes = allocate("int8", layout.rows * layout.cols);
  if (layout.rows === 1) codes.set(packed.subarray(0, codes.length));
  else
    moveQuads(layout, (row, quad, at, length) => {
      const to = row * layout.cols + quad * quadCodes;
      for (let i = 0; i < length; i++) codes[to + i] = packed[at + i];
    });
  return codes;
}

function moveQuads(
  { rows, cols, quads, block }: CodeLayout,
  move: (row: number, quad: number, at: number, length: number) => void,
): void {
  for (let row = 0; row < rows; row++) {
    const first = Math.floor(row / block) * quads * block + (row % block);
    for (let quad = 0; quad < quads; quad++) {
      move(row, quad, (first + quad * block) * quadCodes, Math.min(quadCodes, cols - quad * quadCodes));
    }
  }
}
