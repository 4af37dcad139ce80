/** Numbers as fractions of integers, which hold every float exactly: an oracle that shares nothing with the code under test. */
export interface Rational {
  readonly numerator: bigint;
  /** Above 0. */
  readonly denominator: bigint;
}

/** A binary floating-point format: `precision` significant bits, exponents of normal numbers from `minExponent` to `maxExponent`. */
export interface BinaryFormat {
  readonly precision: number;
  readonly minExponent: number;
  readonly maxExponent: number;
}

export const binary32: BinaryFormat = { precision: 24, minExponent: -126, maxExponent: 127 };
export const binary16: BinaryFormat = { precision: 11, minExponent: -14, maxExponent: 15 };
export const brain16: BinaryFormat = { precision: 8, minExponent: -126, maxExponent: 127 };

const view = new DataView(new ArrayBuffer(8));

/** The exact value of a finite float64. */
export function rationalOf(value: number): Rational {
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const sign = bits >> 63n === 1n ? -1n : 1n;
  const exponent = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xfffffffffffffn;
  const significand = exponent === 0 ? fraction : fraction | 0x10000000000000n;
  const power = Math.max(exponent, 1) - 1075;
  return power < 0
    ? { numerator: sign * significand, denominator: 1n << BigInt(-power) }
    : { numerator: (sign * significand) << BigInt(power), denominator: 1n };
}

export function multiply(a: Rational, b: Rational): Rational {
  return { numerator: a.numerator * b.numerator, denominator: a.denominator * b.denominator };
}

export function divide(a: Rational, b: Rational): Rational {
  const sign = b.numerator < 0n ? -1n : 1n;
  return { numerator: sign * a.numerator * b.denominator, denominator: sign * a.denominator * b.numerator };
}

export function add(a: Rational, b: Rational): Rational {
  return {
    numerator: a.numerator * b.denominator + b.numerator * a.denominator,
    denominator: a.denominator * b.denominator,
  };
}

/** The nearest integer, ties to even. */
export function roundToInteger({ numerator, denominator }: Rational): bigint {
  const magnitude = numerator < 0n ? -numerator : numerator;
  const floor = magnitude / denominator;
  const twice = 2n * (magnitude % denominator);
  const up = twice > denominator || (twice === denominator && floor % 2n === 1n);
  const rounded = up ? floor + 1n : floor;
  return numerator < 0n ? -rounded : rounded;
}

/** The nearest number of a format, ties to even; past the largest finite one an infinity. Zero is +0. */
export function roundToFormat(value: Rational, { precision, minExponent, maxExponent }: BinaryFormat): number {
  const { numerator, denominator } = value;
  if (numerator === 0n) return 0;
  const magnitude = numerator < 0n ? -numerator : numerator;
  // 2^exponent <= magnitude / denominator < 2^(exponent + 1)
  let exponent = magnitude.toString(2).length - denominator.toString(2).length;
  if (scaled(magnitude, denominator, -exponent).numerator < scaled(magnitude, denominator, -exponent).denominator) {
    exponent--;
  }
  const unit = Math.max(exponent, minExponent) - (precision - 1);
  const units = Number(roundToInteger(scaled(magnitude, denominator, -unit)));
  const rounded = units * 2 ** unit;
  const result = rounded >= 2 ** (maxExponent + 1) ? Number.POSITIVE_INFINITY : rounded;
  return numerator < 0n ? -result : result;
}

/** `numerator / denominator * 2^power` */
function scaled(numerator: bigint, denominator: bigint, power: number): Rational {
  return power >= 0
    ? { numerator: numerator << BigInt(power), denominator }
    : { numerator, denominator: denominator << BigInt(-power) };
}
