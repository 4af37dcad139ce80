import { formatValue, OctetError } from "@octet/core";

/** Counts of values in bins of equal width. */
export interface Histogram {
  /** `[bins + 1]`, ascending. Bin i holds `edges[i] <= value < edges[i + 1]`, the last one also its upper edge. */
  readonly edges: readonly number[];
  /** `[bins]` */
  readonly counts: readonly number[];
}

/** A histogram that is being counted. */
export interface HistogramCounter {
  /** Counts `value`, which lies between the limits, `times` times (default once). */
  add(value: number, times?: number): void;
  result(): Histogram;
}

/** @throws OctetError `ERR_UNSUPPORTED` unless `bins` is a whole number above 0; `what` names the option */
export function createHistogram(lowest: number, highest: number, bins: number, what: string): HistogramCounter {
  if (!Number.isInteger(bins) || bins < 1) {
    throw new OctetError("ERR_UNSUPPORTED", `got ${what} ${formatValue(bins)}; use a whole number above 0`);
  }
  const width = (highest - lowest) / bins;
  const counts: number[] = new Array(bins).fill(0);
  return {
    add(value, times = 1) {
      counts[Math.min(Math.floor((value - lowest) / width), bins - 1)] += times;
    },
    result() {
      const edges = Array.from({ length: bins }, (_, bin) => lowest + bin * width);
      return { edges: [...edges, highest], counts: [...counts] };
    },
  };
}
