import { type HostRowCodes, hostTensor, type RowCodesForm, sizeOf } from "@octet/core";
import { allocate, rowCount } from "@octet/core/backend";
import { type CodeLayout, quadCodes, rowLayout } from "./code-layout.ts";

/**
 * How codes of activations lie on the device: rows of quads of 16 codes, padded with zeroes. int16 codes are split into two planes of
 * signed bytes, `code = 256 * high + low`: a row is its high bytes followed by its low bytes.
 */
export interface RowCodesLayout {
  /** Of one plane. */
  readonly codes: CodeLayout;
  /** 1, or 2 for int16. */
  readonly planes: number;
  /** Of a row, all planes. */
  readonly rowBytes: number;
  readonly bytes: number;
}

export function rowCodesLayout({ shape, activations }: RowCodesForm): RowCodesLayout {
  const codes = rowLayout(rowCount(shape), shape[shape.length - 1], 1);
  const planes = activations === "int16" ? 2 : 1;
  return { codes, planes, rowBytes: codes.quads * quadCodes * planes, bytes: codes.bytes * planes };
}

/** Codes in the layout of the device. */
export function packRowCodes({ codes: { data } }: HostRowCodes, layout: RowCodesLayout): Uint8Array<ArrayBuffer> {
  const packed = new Uint8Array(layout.bytes);
  eachCode(layout, (index, high, low) => {
    packed[low] = data[index];
    if (high !== low) packed[high] = (data[index] + 128) >> 8;
  });
  return packed;
}

/** Codes from the layout of the device. */
export function unpackRowCodes(packed: Uint8Array, form: RowCodesForm, layout: RowCodesLayout): HostRowCodes["codes"] {
  const bytes = new Int8Array(packed.buffer, packed.byteOffset, packed.length);
  const data = allocate(form.activations, sizeOf(form.shape));
  eachCode(layout, (index, high, low) => {
    data[index] = high === low ? bytes[low] : bytes[high] * 256 + bytes[low];
  });
  return hostTensor(form.activations, form.shape, data);
}

/** Calls `visit` with the index of each code and the places of its bytes, which are one where there is one plane. */
function eachCode(
  { codes: { rows, cols, quads }, planes, rowBytes }: RowCodesLayout,
  visit: (index: number, high: number, low: number) => void,
): void {
  const plane = planes === 1 ? 0 : quads * quadCodes;
  for (let row = 0; row < rows; row++) {
    for (let col = 0; col < cols; col++) {
      const high = row * rowBytes + col;
      visit(row * cols + col, high, high + plane);
    }
  }
}
