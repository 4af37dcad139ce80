import { packCodes } from "./code-address.ts";

/** Codes of a row as bytes, or as 16-bit integers split into two planes of signed bytes: `code = 256 * high + low`. */
export type CodePlanes = "bytes" | "high-low";

/** `store_codes(at, codes)`: four codes at a word of the buffer `codes`; the low bytes follow `params.plane` words after the high ones. */
export const storeCodes: Readonly<Record<CodePlanes, string>> = {
  bytes: `${packCodes}
fn store_codes(at: u32, values: vec4<i32>) { codes[at] = pack_codes(values); }
`,
  "high-low": `${packCodes}
fn store_codes(at: u32, values: vec4<i32>) {
  let high = (values + vec4<i32>(128)) >> vec4<u32>(8u);
  codes[at] = pack_codes(high);
  codes[at + params.plane] = pack_codes(values);
}
`,
};
