import {
  bfloat16ToFloat32,
  bytesPerElement,
  type DType,
  float16ToFloat32,
  formatShape,
  type HostTensor,
} from "@octet/core";

/** The elements as unsigned integers of their own width, over the same memory: equal bits, equal numbers. */
export function bitsOf({ dtype, data }: HostTensor): Uint8Array | Uint16Array | Uint32Array {
  const { buffer, byteOffset, length } = data;
  if (bytesPerElement[dtype] === 4) return new Uint32Array(buffer, byteOffset, length);
  return bytesPerElement[dtype] === 2
    ? new Uint16Array(buffer, byteOffset, length)
    : new Uint8Array(buffer, byteOffset, length);
}

/** The value of one element. */
export function valueAt({ dtype, data }: HostTensor, index: number): number {
  if (dtype === "float16") return float16ToFloat32(data[index]);
  return dtype === "bfloat16" ? bfloat16ToFloat32(data[index]) : data[index];
}

/** `-63.5 (0xc27e0000)`: a value as people and as machines see it. */
export function formatElement(value: number, bits: number, dtype: DType): string {
  return `${Object.is(value, -0) ? "-0" : value} (0x${bits.toString(16).padStart(2 * bytesPerElement[dtype], "0")})`;
}

/** The position of flat index `index` in a row-major tensor of `shape`: `[2, 0]`. */
export function formatPosition(index: number, shape: readonly number[]): string {
  const position: number[] = [];
  let rest = index;
  for (const extent of [...shape].reverse()) {
    position.unshift(rest % extent);
    rest = Math.floor(rest / extent);
  }
  return formatShape(position);
}
