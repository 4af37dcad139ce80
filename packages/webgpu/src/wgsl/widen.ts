import type { FloatDType } from "@octet/core";

/**
 * `widen_word(word, half)`: the float32 bits of an element, from the word that it lies in. Half types lie two to a word, the element
 * of the even index in the low half. Integer arithmetic on the bit patterns: `unpack2x16float` may flush subnormals, and needs no
 * `shader-f16` either way.
 */
export const widenWord: Readonly<Record<FloatDType, string>> = {
  float32: `
fn widen_word(word: u32, half: u32) -> u32 { return word; }
`,
  bfloat16: `
fn widen_word(word: u32, half: u32) -> u32 { return select(word << 16u, word & 0xffff0000u, half == 1u); }
`,
  float16: `
fn widen_word(word: u32, half: u32) -> u32 {
  let bits = (word >> (half * 16u)) & 0xffffu;
  let sign = (bits & 0x8000u) << 16u;
  let a = bits & 0x7fffu;
  // Rebias the exponent from 15 to 127.
  var magnitude = (a << 13u) + (112u << 23u);
  if (a >= 0x7c00u) { magnitude = 0x7f800000u | ((a & 0x3ffu) << 13u); }
  if (a < 0x400u) {
    // A subnormal, a * 2^-24: its highest set bit becomes the hidden bit.
    let top = 31u - countLeadingZeros(a | 1u);
    magnitude = select(((top + 102u) << 23u) + (a << (23u - top)), 0u, a == 0u);
  }
  return sign | magnitude;
}
`,
};

/** Elements of a dtype in a 32-bit word. */
export const elementsPerWord: Readonly<Record<FloatDType, number>> = { float32: 1, float16: 2, bfloat16: 2 };
