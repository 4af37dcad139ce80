/**
 * The float32 arithmetic of the exact ops, on bit patterns: WGSL's own may return either neighbour of a result, flush subnormals and
 * fuse operations. All of it ends in `round_bits`, the one place that rounds.
 */

/** `round_bits(sign, n, unit)`: `n * 2^(unit - 149)` to nearest even. From 2^26 on, the lowest bit of n may be a sticky bit. */
export const roundBits = `
fn round_bits(sign: u32, n: u32, unit: i32) -> u32 {
  if (n == 0u) { return sign; }
  let zeros = countLeadingZeros(n);
  let normalized = n << zeros;
  let wanted = unit + 8i - i32(zeros); // of a significand of 24 bits
  if (wanted >= 254i) { return sign | 0x7f800000u; }
  let drop = u32(8i + max(-wanted, 0i)); // more than 8 bits go where the result is subnormal
  if (drop > 32u) { return sign; }
  let kept = (normalized >> (drop - 1u)) >> 1u;
  let middle = 1u << (drop - 1u);
  let rest = normalized & ((middle << 1u) - 1u);
  let up = select(0u, 1u, rest > middle || (rest == middle && (kept & 1u) == 1u));
  return sign | ((u32(max(wanted, 0i)) << 23u) + kept + up);
}
`;

/** `scaled_code(code, scale)`: the bits of `fl32(code * scale)` for a code of 8 bits, whose product with a significand fits a word. */
export const scaledCode = `
fn scaled_code(code: i32, scale: u32) -> u32 {
  return round_bits(select(0u, 0x80000000u, code < 0i), u32(abs(code)) * significand_of(scale), i32(unit_of(scale)));
}
`;

/** `multiply_bits(x, y)`: `fl32(x * y)`; y is finite and not 0. */
export const multiplyBits = `
fn multiply_bits(x: u32, y: u32) -> u32 {
  let sign = (x ^ y) & 0x80000000u;
  let ax = x & 0x7fffffffu;
  let ay = y & 0x7fffffffu;
  if (ax == 0u) { return sign; }
  if (ax >= 0x7f800000u) { return sign | 0x7f800000u; }
  let sx = significand_of(ax);
  let sy = significand_of(ay);
  let up_x = countLeadingZeros(sx) - 8u;
  let up_y = countLeadingZeros(sy) - 8u;
  let mx = sx << up_x;
  let my = sy << up_y;
  // 24 x 24 bits from halves of 12: the product is high * 2^24 + low.
  let x0 = mx & 0xfffu;
  let x1 = mx >> 12u;
  let y0 = my & 0xfffu;
  let y1 = my >> 12u;
  let middle = x1 * y0 + x0 * y1;
  let low = x0 * y0 + ((middle & 0xfffu) << 12u);
  let high = x1 * y1 + (middle >> 12u) + (low >> 24u);
  let sticky = select(0u, 1u, (low & 0xffffu) != 0u);
  let n = (high << 8u) | ((low >> 16u) & 0xffu) | sticky;
  return round_bits(sign, n, i32(unit_of(ax) + unit_of(ay)) - i32(up_x + up_y) - 133i);
}
`;

/** `add_bits(x, y)`: `fl32(x + y)`. */
export const addBits = `
fn add_bits(x: u32, y: u32) -> u32 {
  let swap = (y & 0x7fffffffu) > (x & 0x7fffffffu);
  let a = select(x, y, swap); // the one of larger magnitude
  let b = select(y, x, swap);
  let aa = a & 0x7fffffffu;
  let ab = b & 0x7fffffffu;
  if (aa > 0x7f800000u || (aa == 0x7f800000u && b == (a ^ 0x80000000u))) { return 0x7fc00000u; }
  if (aa == 0x7f800000u) { return a; }
  if (aa == 0u) { return a & b; }
  // Six bits more than the significand, and what b loses to the shift below them as a sticky bit.
  let larger = significand_of(aa) << 6u;
  let unshifted = significand_of(ab) << 6u;
  let shift = min(unit_of(aa) - unit_of(ab), 31u);
  let lost = select(0u, 1u, (unshifted & ((1u << shift) - 1u)) != 0u);
  let smaller = (unshifted >> shift) | lost;
  let n = select(larger + smaller, larger - smaller, ((a ^ b) >> 31u) != 0u);
  return round_bits(select(a & 0x80000000u, 0u, n == 0u), n, i32(unit_of(aa)) - 6i);
}
`;

/** `sum_bits(sum)`: `fl32(sum)`. */
export const sumBits = `
fn sum_bits(sum: i32) -> u32 { return round_bits(u32(sum) & 0x80000000u, u32(abs(sum)), 149i); }
`;

/** `wide_sum_bits(high, low)`: `fl32(256 * high + low)`, whose exact value takes up to 40 bits. */
export const wideSumBits = `
fn wide_sum_bits(high_sum: i32, low_sum: i32) -> u32 {
  var high = high_sum + (low_sum >> 8u);
  var low = u32(low_sum) & 0xffu;
  let sign = u32(high) & 0x80000000u;
  if (sign != 0u) { // the magnitude of a negative sum
    high = -high - select(0i, 1i, low != 0u);
    low = (256u - low) & 0xffu;
  }
  let top = u32(high);
  let drop = 8u - min(countLeadingZeros(top), 8u); // what does not fit 32 bits goes into a sticky bit
  let n = (top << (8u - drop)) | (low >> drop);
  let sticky = select(0u, 1u, (low & ((1u << drop) - 1u)) != 0u);
  return round_bits(sign, n | sticky, 149i + i32(drop));
}
`;
