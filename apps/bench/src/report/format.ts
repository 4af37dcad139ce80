import type { Summary } from "../results.ts";

/** Three digits: "0.0123", "1.23", "123". */
export const formatNumber = (value: number): string =>
  value >= 100 ? value.toFixed(0) : value.toPrecision(3).replace(/e.*$/, "");

/** A median in ms and half the distance of the quartiles as a share of it: "1.23 ± 4%". */
export function formatSummary({ median, lower, upper }: Summary): string {
  return `${formatNumber(median)} ± ${((50 * (upper - lower)) / median).toFixed(0)}%`;
}

/** How many times as fast: "4.2×". */
export const formatRatio = (ratio: number): string => `${formatNumber(ratio)}×`;

export const countThreads = (threads: number): string => (threads === 1 ? "1 thread" : `${threads} threads`);
