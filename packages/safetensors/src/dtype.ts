import { OctetError, quote } from "./errors.ts";

/** The element types of the format, spelled as in a header. F4 and F6 are packed: their elements do not end on bytes. */
export type SafetensorsDType =
  | "BOOL"
  | "F4"
  | "F6_E2M3"
  | "F6_E3M2"
  | "U8"
  | "I8"
  | "F8_E5M2"
  | "F8_E4M3"
  | "F8_E8M0"
  | "F8_E4M3FNUZ"
  | "F8_E5M2FNUZ"
  | "I16"
  | "U16"
  | "F16"
  | "BF16"
  | "I32"
  | "U32"
  | "F32"
  | "C64"
  | "F64"
  | "I64"
  | "U64";

// In the order of the reference implementation, by which its writer sorts: later types, with larger alignment, come first in a file.
const bits: ReadonlyMap<string, number> = new Map<SafetensorsDType, number>([
  ["BOOL", 8],
  ["F4", 4],
  ["F6_E2M3", 6],
  ["F6_E3M2", 6],
  ["U8", 8],
  ["I8", 8],
  ["F8_E5M2", 8],
  ["F8_E4M3", 8],
  ["F8_E8M0", 8],
  ["F8_E4M3FNUZ", 8],
  ["F8_E5M2FNUZ", 8],
  ["I16", 16],
  ["U16", 16],
  ["F16", 16],
  ["BF16", 16],
  ["I32", 32],
  ["U32", 32],
  ["F32", 32],
  ["C64", 64],
  ["F64", 64],
  ["I64", 64],
  ["U64", 64],
]);

const ranks: ReadonlyMap<string, number> = new Map([...bits.keys()].map((dtype, rank) => [dtype, rank]));

/** Whether `name` is an element type of the format, in its exact spelling. */
export function isSafetensorsDType(name: string): name is SafetensorsDType {
  return bits.has(name);
}

/** The bits that one element takes: 4 to 64, C64 (two 32-bit floats) is 64. Throws ERR_DTYPE for a name that is not a type. */
export function bitsPerElement(dtype: SafetensorsDType): number {
  const count = bits.get(dtype);
  if (count === undefined)
    throw new OctetError("ERR_DTYPE", `${quote(dtype)} is not a safetensors dtype; there are ${dtypeList()}`);
  return count;
}

/** The place of `dtype` in the reference implementation's list, from 0. */
export function dtypeRank(dtype: SafetensorsDType): number {
  return ranks.get(dtype)!;
}

export function dtypeList(): string {
  return [...bits.keys()].join(", ");
}
