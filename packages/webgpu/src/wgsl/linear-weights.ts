import type { LinearVariant } from "../kernels/linear/variant.ts";
import { elementsPerWord, widenWord } from "./widen.ts";

/**
 * `load_weight(n, quad)`: 16 weights of row n. Packed, as a vector of four words, where one scale belongs to the whole row and is applied
 * at the end; otherwise as four vectors of floats, scales included.
 */
export function loadWeight({ weights }: LinearVariant): string {
  const quadAt = `
fn quad_at(n: u32, quad: u32) -> vec4<u32> {
  return w[params.wShift + ((n / params.wBlock) * params.quads + quad) * params.wBlock + n % params.wBlock];
}
`;
  switch (weights) {
    case "codes":
      return `${quadAt}
alias Weights = vec4<u32>;
fn load_weight(n: u32, quad: u32) -> Weights { return quad_at(n, quad); }
`;
    case "groups":
      return `${quadAt}${unpackCodes}
alias Weights = array<vec4<f32>, 4>;
fn scale_at(n: u32, k: u32) -> f32 {
  return w_scales[params.wScalesShift + n * params.wScalesStep + min(k, params.k - 1u) / params.groupSize];
}
fn scales_at(n: u32, k: u32) -> vec4<f32> {
  let first = scale_at(n, k);
  if (params.groupSize % 4u == 0u) { return vec4<f32>(first); }
  return vec4<f32>(first, scale_at(n, k + 1u), scale_at(n, k + 2u), scale_at(n, k + 3u));
}
fn load_weight(n: u32, quad: u32) -> Weights {
  let words = quad_at(n, quad);
  var values: Weights;
  for (var i = 0u; i < 4u; i = i + 1u) { values[i] = unpack_codes(words[i]) * scales_at(n, quad * 16u + i * 4u); }
  return values;
}
`;
    default:
      return `${widenWord[weights]}
alias Weights = array<vec4<f32>, 4>;
fn weight_at(n: u32, k: u32) -> f32 {
  if (k >= params.k) { return 0.0; }
  let at = params.wShift + n * params.k + k;
  return bitcast<f32>(widen_word(w[at / ${elementsPerWord[weights]}u], at % ${elementsPerWord[weights]}u));
}
fn load_weight(n: u32, quad: u32) -> Weights {
  var values: Weights;
  for (var i = 0u; i < 4u; i = i + 1u) {
    let k = quad * 16u + i * 4u;
    values[i] = vec4<f32>(weight_at(n, k), weight_at(n, k + 1u), weight_at(n, k + 2u), weight_at(n, k + 3u));
  }
  return values;
}
`;
  }
}

/** `unpack_codes(word)`: four codes as floats, in registers. */
export const unpackCodes = `
fn unpack_codes(word: u32) -> vec4<f32> {
  let codes = i32(word);
  return vec4<f32>(vec4<i32>(extractBits(codes, 0u, 8u), extractBits(codes, 8u, 8u), extractBits(codes, 16u, 8u), codes >> 24u));
}
`;
