import { bfloat16ToFloat32, bitsToFloat32, type FloatDType, float16ToFloat32, float32ToBits } from "@octet/core";

/**
 * Scales for which some `code * scale` is not a float32 and rounds to one that lies in the middle between two values of `dtype`. The
 * contract rounds to float32 and then, a tie now, to even; who rounds only once decides by the side of the middle on which the product
 * lies. Found by search: middles / code, and neighbours.
 */
export function singleRoundingScales(dtype: Exclude<FloatDType, "float32">, count: number): (row: number) => number {
  const widen = dtype === "float16" ? float16ToFloat32 : bfloat16ToFloat32;
  const one = dtype === "float16" ? 0x3c00 : 0x3f80;
  const scales: number[] = [];
  for (let bits = one; scales.length < count; bits++) {
    const middle = (widen(bits) + widen(bits + 1)) / 2;
    const scale = scaleBeside(middle, bits % 2 === 0);
    if (scale !== undefined) scales.push(scale);
  }
  return (row) => scales[row];
}

/** A scale with a product just above (or below) `middle` that rounds to it. */
function scaleBeside(middle: number, above: boolean): number | undefined {
  for (let code = 127; code > 64; code -= 2) {
    const nearest = float32ToBits(middle / code);
    for (const scale of [nearest - 1, nearest, nearest + 1].map(bitsToFloat32)) {
      const product = code * scale; // exact in float64
      if (Math.fround(product) === middle && (above ? product > middle : product < middle)) return scale;
    }
  }
  return undefined;
}
