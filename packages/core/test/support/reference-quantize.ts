import { binary32, divide, rationalOf, roundToFormat, roundToInteger } from "./rational.ts";

/** One group quantized by the numeric contract in rational arithmetic: an oracle without floating point. */
export function quantizeGroup(
  values: readonly number[],
  qmax: number,
  lowest: number = -qmax - 1,
): { scale: number; codes: number[] } {
  const amax = values.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
  const scale = roundToFormat(divide(rationalOf(amax), rationalOf(qmax)), binary32) || 1;
  const codes = values.map((value) => {
    const quotient = roundToFormat(divide(rationalOf(value), rationalOf(scale)), binary32);
    return Math.min(Math.max(Number(roundToInteger(rationalOf(quotient))), lowest), qmax) + 0; // + 0: codes have no -0
  });
  return { scale, codes };
}
