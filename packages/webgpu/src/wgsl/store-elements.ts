import type { FloatDType } from "@octet/core";
import { narrowBits } from "./narrow.ts";
import { elementsPerWord } from "./widen.ts";

/**
 * `store4(i, bits)`: float32 bits of elements i to i + 3, rounded to the dtype, into `y`, of which `params.count` elements exist. i and
 * `params.yShift` are multiples of 4: whole words are written, and the last may hold padding.
 */
export function storeElements(dtype: FloatDType): string {
  const perWord = elementsPerWord[dtype];
  const store =
    perWord === 1
      ? "for (var j = 0u; j < 4u; j = j + 1u) { if (i + j < params.count) { y[at + j] = narrow_bits(bits[j]); } }"
      : `y[at / 2u] = narrow_bits(bits.x) | (narrow_bits(bits.y) << 16u);
  if (i + 2u < params.count) { y[at / 2u + 1u] = narrow_bits(bits.z) | (narrow_bits(bits.w) << 16u); }`;
  return `${narrowBits[dtype]}
fn store4(i: u32, bits: vec4<u32>) {
  let at = i + params.yShift;
  ${store}
}
`;
}
