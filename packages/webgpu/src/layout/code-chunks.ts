import { OctetError } from "@octet/core";
import type { CodeLayout } from "./code-layout.ts";
import { quadCodes, rowsBytes } from "./code-layout.ts";

/** A part of a layout whose data fits the bindings of one launch: whole rows, or a stretch of the only row. */
export interface CodeChunk {
  readonly rows: number;
  /** Of each row. */
  readonly cols: number;
  readonly quads: number;
  /** Flat indices of the first element, and of the one past the last. */
  readonly firstElement: number;
  readonly endElement: number;
  /** Bytes of the codes. */
  readonly firstByte: number;
  readonly endByte: number;
}

/**
 * Cuts a layout into chunks of at most `maxBytes` bytes, where an element counts for four bytes (float32, and scales of single elements).
 * @throws OctetError `ERR_OUT_OF_MEMORY` when one of several rows is larger than that
 */
export function codeChunks(layout: CodeLayout, maxBytes: number): CodeChunk[] {
  const { rows, cols, quads, block } = layout;
  const rowBytes = quads * quadCodes * 4;
  if (rows === 1) return stretches(layout, Math.floor(maxBytes / 4 / quadCodes));
  // Whole blocks; an even number of rows starts at a whole word in any dtype.
  const unit = Math.max(block, 2);
  const step = Math.floor(maxBytes / Math.max(rowBytes, 1) / unit) * unit;
  if (step === 0) {
    throw new OctetError(
      "ERR_OUT_OF_MEMORY",
      `a row of ${cols} elements is too large for the device, which binds ${maxBytes} bytes at once; split the tensor along its last axis`,
    );
  }
  const chunks: CodeChunk[] = [];
  for (let row = 0; row < rows; row += step) {
    const end = Math.min(row + step, rows);
    chunks.push({
      rows: end - row,
      cols,
      quads,
      firstElement: row * cols,
      endElement: end * cols,
      firstByte: rowsBytes(layout, row),
      endByte: rowsBytes(layout, end),
    });
  }
  return chunks;
}

function stretches({ cols, quads }: CodeLayout, step: number): CodeChunk[] {
  const chunks: CodeChunk[] = [];
  for (let quad = 0; quad < quads; quad += step) {
    const end = Math.min(quad + step, quads);
    const endElement = Math.min(end * quadCodes, cols);
    chunks.push({
      rows: 1,
      cols: endElement - quad * quadCodes,
      quads: end - quad,
      firstElement: quad * quadCodes,
      endElement,
      firstByte: quad * quadCodes,
      endByte: end * quadCodes,
    });
  }
  return chunks;
}
