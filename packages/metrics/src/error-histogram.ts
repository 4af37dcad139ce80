import { createHistogram, type Histogram } from "./histogram.ts";
import type { QuantizedPair } from "./quantized-pair.ts";
import { visitRuns } from "./runs.ts";

/** The distribution of d = x - code * scale, from -maxAbsError to maxAbsError. */
export function histogramOfErrors(pair: QuantizedPair, maxAbsError: number, bins: number): Histogram {
  // Without any error there is still an axis to draw.
  const limit = maxAbsError || 0.5;
  const histogram = createHistogram(-limit, limit, bins, "errorBins");
  visitRuns(pair, 0, ({ values, offset, codes, start, length, scale }) => {
    for (let i = 0; i < length; i++) histogram.add(values[offset + i] - codes[start + i] * scale);
  });
  return histogram.result();
}
