// RELAXED is 1 in the build with relaxed SIMD, 0 in the plain one: scripts/compile-kernels.ts sets it.

/** a * b + c of four floats. With relaxed SIMD perhaps rounded once; only the bounded mode may use it. */
// @ts-ignore: decorator
@inline
export function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  return RELAXED ? f32x4.relaxed_madd(a, b, c) : f32x4.add(f32x4.mul(a, b), c);
}

/** The sum of four lanes. */
export function addFloatLanes(lanes: v128): f32 {
  return (
    f32x4.extract_lane(lanes, 0) + f32x4.extract_lane(lanes, 1) + (f32x4.extract_lane(lanes, 2) + f32x4.extract_lane(lanes, 3))
  );
}
