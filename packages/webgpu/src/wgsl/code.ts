import type { CodeRange } from "@octet/core/backend";

/**
 * `divisor_of(scale)`, once per group, and `code_of(x, divisor)`: `clamp(rne(fl32(x / scale)))` on integers alone. `divisor_of` gives
 * the normalized significand s in [2^23, 2^24), its unit, and what the division needs beside.
 *
 * The quotient is rounded twice, to float32 and to an integer, so more than the middle itself is a tie: everything that fl32 moves
 * onto the middle k + 1/2. That is the zone of `s >> (23 - floor(log2(k)))` half units of s around it, none around 1/2; docs/webgpu.md
 * has the proof.
 */
export function codeOf(range: CodeRange): string {
  return range.qmax <= 127 ? shortCodeOf(range) : longCodeOf(range);
}

/**
 * For codes of up to 8 bits, `2 |x| / scale + 1` in units of s fits in 32 bits. An estimate of its half comes from a reciprocal of 16
 * bits, rounded down: it is the code or one less, and one less wherever the lower end of the code's interval is a tie, so that one
 * comparison, with the upper end of the estimate's interval and the zone of ties there, decides. No division in the inner loop.
 */
function shortCodeOf({ qmax, lowest }: CodeRange): string {
  return `
fn divisor_of(scale: u32) -> vec3<u32> {
  let unit = unit_of(scale);
  let significand = significand_of(scale);
  let up = countLeadingZeros(significand) - 8u;
  let s = significand << up;
  return vec3<u32>(s, unit - up - 1u, 0x80000000u / ((s >> 8u) + 1u));
}
fn code_of(x: u32, divisor: vec3<u32>) -> i32 {
  let a = x & 0x7fffffffu;
  let s = divisor.x;
  let up = i32(unit_of(a) - divisor.y); // negative when |x| is below half the scale
  let numerator = select(significand_of(a) << u32(up), 0u, up < 0i) + s;
  let denominator = s << 1u;
  let estimate = ((numerator >> 16u) * divisor.z) >> 24u;
  let remainder = numerator - estimate * denominator;
  // The bits of the estimate smeared to the right give 2^(floor(log2(estimate)) + 1) - 1, cheaper than counting leading zeroes.
  var smeared = estimate | (estimate >> 1u);
  smeared = smeared | (smeared >> 2u);
  smeared = smeared | (smeared >> 4u);
  let zone = (s * (smeared + 1u)) >> 24u;
  // Ties go to the even code: above an odd estimate the next code begins a zone before the middle, above an even one past the zone.
  let odd = 0u - (estimate & 1u);
  let past = denominator + (zone ^ odd);
  let code = estimate + select(0u, 1u, i32(remainder) > i32(past));
  return select(i32(min(code, ${qmax}u)), -i32(min(code, ${-lowest}u)), (x >> 31u) != 0u);
}
`;
}

/** For codes of 16 bits: long division, 8 bits at a time. */
function longCodeOf({ qmax, lowest }: CodeRange): string {
  return `
fn divisor_of(scale: u32) -> vec3<u32> {
  let unit = unit_of(scale);
  let significand = significand_of(scale);
  let up = countLeadingZeros(significand) - 8u;
  return vec3<u32>(significand << up, unit - up, 0u);
}
fn code_of(x: u32, divisor: vec3<u32>) -> i32 {
  let a = x & 0x7fffffffu;
  let s = divisor.x;
  let up = i32(unit_of(a) - divisor.y);
  let significand = significand_of(a);
  var code = 0u;
  if (up == -1i) { code = select(0u, 1u, significand > s); }
  if (up >= 0i) {
    let first_up = min(u32(up), 8u);
    let second_up = min(u32(up) - first_up, 8u);
    let third_up = u32(up) - first_up - second_up;
    code = significand / s;
    var remainder = significand - code * s;
    remainder = remainder << first_up;
    var digit = remainder / s;
    code = (code << first_up) + digit;
    remainder = (remainder - digit * s) << second_up;
    digit = remainder / s;
    code = (code << second_up) + digit;
    remainder = (remainder - digit * s) << third_up;
    digit = remainder / s;
    code = (code << third_up) + digit;
    remainder = remainder - digit * s;
    let from_middle = i32(remainder * 2u) - i32(s);
    let zone = select(i32(s >> ((23u - firstLeadingBit(code)) & 31u)), 0i, code == 0u);
    let up_by_one = select(from_middle > 0i, (code & 1u) == 1u, abs(from_middle) <= zone);
    code = code + select(0u, 1u, up_by_one);
  }
  return select(i32(min(code, ${qmax}u)), -i32(min(code, ${-lowest}u)), (x >> 31u) != 0u);
}
`;
}
