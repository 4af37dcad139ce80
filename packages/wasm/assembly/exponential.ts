/** e^x of four floats, to about 2e-7 of its value; 0 below -87.3, infinity above 88.7, NaN of NaN. */
export function exponential(x: v128): v128 {
  // x = n ln 2 + r with |r| <= ln 2 / 2. ln 2 comes in two parts, the first with few bits, so that n times it is exact.
  const n = f32x4.nearest(f32x4.mul(x, f32x4.splat(1.44269504088896341)));
  let r = f32x4.sub(x, f32x4.mul(n, f32x4.splat(0.693359375)));
  r = f32x4.add(r, f32x4.mul(n, f32x4.splat(2.12194440e-4)));
  // The Taylor series of e^r up to r^6; the next term is below 1.3e-7.
  let sum = f32x4.splat(1.0 / 720.0);
  sum = step(sum, r, 1.0 / 120.0);
  sum = step(sum, r, 1.0 / 24.0);
  sum = step(sum, r, 1.0 / 6.0);
  sum = step(sum, r, 1.0 / 2.0);
  sum = step(sum, r, 1);
  sum = step(sum, r, 1);
  // 2^n by way of the exponent's bits. From n = 128 on they would mean infinity, so half of the power is applied first.
  const exponent = i32x4.trunc_sat_f32x4_s(n);
  const half = i32x4.shr_s(exponent, 1);
  let power = f32x4.mul(sum, powerOfTwo(half));
  power = f32x4.mul(power, powerOfTwo(i32x4.sub(exponent, half)));
  power = v128.bitselect(f32x4.splat(0), power, f32x4.lt(x, f32x4.splat(-87.3)));
  return v128.bitselect(f32x4.splat(Infinity), power, f32x4.gt(x, f32x4.splat(88.7)));
}

// @ts-ignore: decorator
@inline
function step(sum: v128, r: v128, coefficient: f32): v128 {
  return f32x4.add(f32x4.mul(sum, r), f32x4.splat(coefficient));
}

// @ts-ignore: decorator
@inline
function powerOfTwo(exponent: v128): v128 {
  return i32x4.shl(i32x4.add(exponent, i32x4.splat(127)), 23);
}
