/**
 * `scale_bits(amax)`: the bits of `fl32(amax / qmax)`, or of 1 where that is 0, from the bits of a finite amax. `qmax` is odd, so the
 * quotient never lies in the middle between two floats.
 *
 * The significand is shifted left until the quotient has 24 bits, as far as the unit allows: one unit of the quotient is then one unit
 * in the last place of the result. A carry out of the 24 bits runs into the exponent, as it should.
 */
export function scaleBits(qmax: number): string {
  const length = 32 - Math.clz32(qmax); // 2^(length - 1) <= qmax < 2^length
  const threshold = qmax * 2 ** (24 - length); // from here on, `length` bits more would make 25
  // More than 8 bits at once would leave 32: then the division goes on with the remainder.
  const more = `
  let rest_up = up - first_up;
  let next = remainder << rest_up;
  let digit = next / ${qmax}u;
  remainder = next - digit * ${qmax}u;
  quotient = (quotient << rest_up) + digit;`;
  return `
fn scale_bits(amax: u32) -> u32 {
  let unit = unit_of(amax);
  let significand = significand_of(amax);
  let up = min(unit, select(${length}u, ${length - 1}u, significand >= ${threshold}u));
  let first_up = min(up, 8u);
  let first = significand << first_up;
  var quotient = first / ${qmax}u;
  var remainder = first - quotient * ${qmax}u;${length > 8 ? more : ""}
  let rounded = quotient + select(0u, 1u, remainder * 2u > ${qmax}u);
  let bits = ((unit - up) << 23u) + rounded;
  return select(bits, 0x3f800000u, bits == 0u);
}
`;
}
