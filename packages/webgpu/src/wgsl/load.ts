import type { FloatDType } from "@octet/core";
import { elementsPerWord, widenWord } from "./widen.ts";

/**
 * `load(i)`: the float32 bits of element i of `x`, and `load4(i, end)`: those of elements i to i + 3, zeroes from `end` on. With
 * `vectors`, i and `params.xShift` are multiples of 4, and four elements come in one load.
 */
export function loadElements(dtype: FloatDType, vectors: boolean): string {
  const perWord = elementsPerWord[dtype];
  if (!vectors) {
    return `${widenWord[dtype]}
fn load(i: u32) -> u32 {
  let at = i + params.xShift;
  return widen_word(x[at / ${perWord}u], at % ${perWord}u);
}
fn load_before(i: u32, end: u32) -> u32 {
  if (i >= end) { return 0u; }
  return load(i);
}
fn load4(i: u32, end: u32) -> vec4<u32> {
  return vec4<u32>(load_before(i, end), load_before(i + 1u, end), load_before(i + 2u, end), load_before(i + 3u, end));
}
`;
  }
  const words =
    perWord === 1
      ? "return v;"
      : "return vec4<u32>(widen_word(v.x, 0u), widen_word(v.x, 1u), widen_word(v.y, 0u), widen_word(v.y, 1u));";
  return `${widenWord[dtype]}
fn load4(i: u32, end: u32) -> vec4<u32> {
  if (i >= end) { return vec4<u32>(0u); }
  let v = x[(i + params.xShift) / 4u];
  ${words}
}
`;
}

/** The type of `x` for `loadElements`. */
export function elementArray(dtype: FloatDType, vectors: boolean): string {
  if (!vectors) return "array<u32>";
  return elementsPerWord[dtype] === 1 ? "array<vec4<u32>>" : "array<vec2<u32>>";
}
