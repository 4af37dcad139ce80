import { bitRange } from "@octet/core";
import { createHistogram, type Histogram } from "./histogram.ts";

/** How often each int8 code occurs: `[256]`, code c at index c + 128. */
export function countCodes(codes: Int8Array): number[] {
  const counts: number[] = new Array(256).fill(0);
  for (let i = 0; i < codes.length; i++) counts[codes[i] + 128]++;
  return counts;
}

/** The share of codes at either end of the symmetric range, |code| >= 2^(bits-1) - 1; 0 without codes. */
export function shareOfEndCodes(counts: readonly number[], bits: number): number {
  const { highest } = bitRange(bits);
  let atEnds = 0;
  let all = 0;
  for (const [i, count] of counts.entries()) {
    all += count;
    if (Math.abs(i - 128) >= highest) atEnds += count;
  }
  return all === 0 ? 0 : atEnds / all;
}

/** Codes in bins from -2^(bits-1) - 0.5 to 2^(bits-1) - 0.5: with 2^bits bins, one for each code. */
export function histogramOfCodes(counts: readonly number[], bits: number, bins: number): Histogram {
  const { lowest, highest } = bitRange(bits);
  const histogram = createHistogram(lowest - 0.5, highest + 0.5, bins, "codeBins");
  for (let code = lowest; code <= highest; code++) histogram.add(code, counts[code + 128]);
  return histogram.result();
}
