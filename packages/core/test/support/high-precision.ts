/**
 * GELU and SiLU to far more digits than a float has, from power series in fixed-point integers with 512 bits after the point.
 */
const fractionBits = 512n;
const one = 1n << fractionBits;

/** x * Phi(x) for |x| up to 16. */
export function preciseGelu(x: number): number {
  const fixed = toFixed(x);
  return toNumber(multiplyFixed(fixed, one / 2n + normalIntegral(fixed)));
}

/** x / (1 + e^-x) for |x| up to 120. */
export function preciseSilu(x: number): number {
  const fixed = toFixed(x);
  return toNumber((fixed * one) / (one + exponential(-fixed)));
}

/** Phi(x) - 1/2 = 1 / sqrt(2 pi) * sum over n of (-1)^n x^(2n+1) / (n! 2^n (2n+1)) */
function normalIntegral(x: bigint): bigint {
  const square = multiplyFixed(x, x);
  let power = x;
  let sum = 0n;
  for (let n = 1n; power !== 0n; n++) {
    sum += power / (2n * n - 1n);
    power = -multiplyFixed(power, square) / (2n * n);
  }
  return (sum * one) / squareRoot(2n * pi() * one);
}

function exponential(x: bigint): bigint {
  if (x < 0n) return (one * one) / exponential(-x);
  let term = one;
  let sum = 0n;
  for (let n = 1n; term !== 0n; n++) {
    sum += term;
    term = multiplyFixed(term, x) / n;
  }
  return sum;
}

/** pi = 16 atan(1/5) - 4 atan(1/239) */
function pi(): bigint {
  return 16n * arcTangentOfInverse(5n) - 4n * arcTangentOfInverse(239n);
}

function arcTangentOfInverse(x: bigint): bigint {
  let power = one / x;
  let sum = 0n;
  for (let n = 1n; power !== 0n; n += 2n) {
    sum += power / n;
    power = -power / (x * x);
  }
  return sum;
}

function squareRoot(value: bigint): bigint {
  let root = 1n << BigInt(Math.ceil(value.toString(2).length / 2));
  for (let next = (root + value / root) / 2n; next < root; next = (root + value / root) / 2n) root = next;
  return root;
}

function multiplyFixed(a: bigint, b: bigint): bigint {
  return (a * b) / one;
}

/** A float64 that is a multiple of 2^-512, exactly. */
function toFixed(value: number): bigint {
  let integer = value;
  let shift = fractionBits;
  for (; !Number.isInteger(integer); shift--) integer *= 2;
  return BigInt(integer) << shift;
}

function toNumber(fixed: bigint): number {
  const magnitude = fixed < 0n ? -fixed : fixed;
  const excess = Math.max(magnitude.toString(2).length - 64, 0);
  return Number(fixed >> BigInt(excess)) * 2 ** (excess - Number(fractionBits));
}
