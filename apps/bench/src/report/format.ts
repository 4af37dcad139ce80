import type { Summary } from "../results.ts";

/** So many digits, three unless said otherwise, and never an exponent: "0.0123", "1.23", "123", "12345". */
export function formatNumber(value: number, digits = 3): string {
  const exponent = Number(value.toExponential(digits - 1).split("e")[1]);
  return value.toFixed(Math.max(0, digits - 1 - exponent));
}

/** A median in ms and half the distance of the quartiles as a share of it: "1.23 ± 4%". */
export function formatSummary({ median, lower = median, upper = median }: Summary): string {
  return `${formatNumber(median)} ± ${((50 * (upper - lower)) / median).toFixed(0)}%`;
}

/** How many times as fast: "4.2×". */
export const formatRatio = (ratio: number, digits?: number): string => `${formatNumber(ratio, digits)}×`;

/** A part of a whole: "74.2%". */
export const formatShare = (share: number, digits?: number): string => `${formatNumber(100 * share, digits)}%`;

/** How many digits show that a number is not what was wanted: three, or more where the two would look the same. */
export function digitsToTell(measured: number, wanted: number): number {
  let digits = 3;
  while (digits < 9 && measured !== wanted && formatNumber(measured, digits) === formatNumber(wanted, digits)) digits++;
  return digits;
}

export const countThreads = (threads = 1): string => (threads === 1 ? "1 thread" : `${threads} threads`);
