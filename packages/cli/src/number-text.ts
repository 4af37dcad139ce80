/** Decibels with one decimal; `∞` when nothing was lost. */
export function formatDecibels(value: number): string {
  return value === Infinity ? "∞" : value.toFixed(1);
}

/** Three digits, which is all that a table needs of an error: `0.0213`, `5.82e-11`. */
export function formatError(value: number): string {
  return value === 0 ? "0" : value < 1e-3 ? value.toExponential(2) : value.toPrecision(3);
}
