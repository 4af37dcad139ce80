import type { FloatDType } from "@octet/core";

/** `narrow_bits(bits)`: float32 bits rounded once, to nearest even, to the bits of a dtype. Infinities and NaN stay what they are. */
export const narrowBits: Readonly<Record<FloatDType, string>> = {
  float32: `
fn narrow_bits(bits: u32) -> u32 { return bits; }
`,
  bfloat16: `
fn narrow_bits(bits: u32) -> u32 {
  if ((bits & 0x7fffffffu) > 0x7f800000u) { return (bits >> 16u) | 0x40u; }
  return (bits + 0x7fffu + ((bits >> 16u) & 1u)) >> 16u;
}
`,
  float16: `
fn narrow_bits(bits: u32) -> u32 {
  let sign = (bits >> 16u) & 0x8000u;
  let a = bits & 0x7fffffffu;
  if (a > 0x7f800000u) { return sign | 0x7e00u; }
  if (a >= 0x477ff000u) { return sign | 0x7c00u; } // 65520 and above
  if (a >= 0x38800000u) { return sign | ((a - 0x38000000u + 0xfffu + ((a >> 13u) & 1u)) >> 13u); }
  // Below 2^-14 the result is a multiple of 2^-24; below 2^-25, and at it, 0.
  if (a <= 0x33000000u) { return sign; }
  let drop = 126u - (a >> 23u); // 14 to 24 bits
  let significand = (a & 0x7fffffu) | 0x800000u;
  let kept = significand >> drop;
  let rest = significand & ((1u << drop) - 1u);
  let middle = 1u << (drop - 1u);
  return sign | (kept + select(0u, 1u, rest > middle || (rest == middle && (kept & 1u) == 1u)));
}
`,
};
