/** How far a product is from the one in float64. */
export interface ProductError {
  /** `||y - expected|| / ||expected||` */
  readonly relative: number;
  /** The largest `|y - expected|`, in units of the root mean square of `expected`. */
  readonly worst: number;
}

/**
 * Errors of rounding spread like a normal distribution, whose largest of a million values is about 5 deviations; one wrong element
 * among a million is far outside, however little it moves the norm.
 */
const worstPerRelative = 8;

/** Compares y `[rows, outFeatures]` with the rows that it stands for. NaN counts as infinitely wrong. */
export function measureError(y: Float32Array, expected: Float64Array): ProductError {
  if (y.length !== expected.length) throw new RangeError(`${y.length} results, ${expected.length} expected`);
  let errorSquares = 0;
  let squares = 0;
  let worst = 0;
  for (let i = 0; i < y.length; i++) {
    const difference = Math.abs(y[i] - expected[i]);
    errorSquares += difference * difference;
    squares += expected[i] * expected[i];
    if (!(difference <= worst)) worst = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
  }
  const relative = Math.sqrt(errorSquares / squares);
  return {
    relative: Number.isNaN(relative) ? Number.POSITIVE_INFINITY : relative,
    worst: worst / Math.sqrt(squares / y.length),
  };
}

/** Why a product may not be timed; undefined where it is right. */
export function faultOf({ relative, worst }: ProductError, tolerance: number): string | undefined {
  if (relative > tolerance) {
    return `relative error ${relative.toExponential(1)}, tolerance ${tolerance.toExponential(0)}`;
  }
  if (worst > worstPerRelative * tolerance) {
    return `an element is off by ${worst.toExponential(1)} of the root mean square, tolerance ${(worstPerRelative * tolerance).toExponential(0)}`;
  }
  return undefined;
}
