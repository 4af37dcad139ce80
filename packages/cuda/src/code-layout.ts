import { type HostRowCodes, hostTensor, type RowCodesForm } from "@octet/core";
import { allocate, rowCount } from "@octet/core/backend";

/**
 * How codes of activations lie in device memory: planes of bytes, whose rows start on 16 bytes as tensor cores read them. A code of 8
 * bits is one byte; one of 16 bits is 256 times the signed byte of the first plane, plus that of the second.
 */
export interface CodeLayout {
  readonly planes: 1 | 2;
  readonly rows: number;
  readonly columns: number;
  /** Bytes from row to row. */
  readonly pitch: number;
}

export function codeLayout({ shape, activations }: RowCodesForm): CodeLayout {
  const columns = shape.at(-1) as number;
  return {
    planes: activations === "int16" ? 2 : 1,
    rows: rowCount(shape),
    columns,
    pitch: Math.ceil(columns / 16) * 16,
  };
}

export function codeBytes({ planes, rows, pitch }: CodeLayout): number {
  return planes * rows * pitch;
}

/** Codes as the device keeps them; what lies between rows is zero. */
export function packCodes({ codes: { data } }: HostRowCodes, layout: CodeLayout): Int8Array {
  const { planes, rows, columns, pitch } = layout;
  const packed = allocate("int8", codeBytes(layout));
  for (let row = 0, i = 0; row < rows; row++) {
    for (let place = row * pitch, end = place + columns; place < end; place++, i++) {
      if (planes === 1) {
        packed[place] = data[i];
        continue;
      }
      const upper = (data[i] + 128) >> 8;
      packed[place] = upper;
      packed[rows * pitch + place] = data[i] - 256 * upper;
    }
  }
  return packed;
}

/** Codes and scales on the host, from those of the device. */
export function unpackCodes(form: RowCodesForm, packed: Int8Array, scales: Float32Array): HostRowCodes {
  const { planes, rows, columns, pitch } = codeLayout(form);
  const { shape, activations } = form;
  const codes = allocate(activations, rows * columns);
  for (let row = 0, i = 0; row < rows; row++) {
    for (let place = row * pitch, end = place + columns; place < end; place++, i++) {
      codes[i] = planes === 1 ? packed[place] : 256 * packed[place] + packed[rows * pitch + place];
    }
  }
  return {
    activations,
    codes: hostTensor(activations, shape, codes),
    scale: hostTensor("float32", shape.slice(0, -1), scales),
  };
}
