import { describe, expect, it } from "vitest";
import { randomFloats } from "../../test/support/random.ts";
import {
  add,
  binary32,
  divide,
  multiply,
  rationalOf,
  roundToFormat,
  roundToInteger,
} from "../../test/support/rational.ts";
import { bitsToFloat32, fl32, float32ToBits, rne } from "./numerics.ts";

describe("fl32 of a float64 operation is the float32 operation, on 20000 pairs of any magnitude (seed 1)", () => {
  const operands = randomFloats(1, 40_000);
  const operations = [
    { name: "division", compute: (a: number, b: number) => a / b, exact: divide },
    { name: "product", compute: (a: number, b: number) => a * b, exact: multiply },
    { name: "sum", compute: (a: number, b: number) => a + b, exact: add },
  ];
  for (const { name, compute, exact } of operations) {
    it(name, () => {
      for (let i = 0; i < operands.length; i += 2) {
        const [a, b] = [operands[i], operands[i + 1]];
        if (b === 0) continue;
        const wanted = roundToFormat(exact(rationalOf(a), rationalOf(b)), binary32);
        // Math.abs: the fraction 0 has no sign.
        const got = fl32(compute(a, b));
        if (wanted === 0) expect(Math.abs(got)).toBe(0);
        else expect(got, `${a} and ${b}`).toBe(wanted);
      }
    });
  }

  it("quotients that are subnormal", () => {
    for (let i = 0; i < operands.length; i++) {
      const numerator = fl32(operands[i] * 2 ** -100);
      for (const denominator of [127, 7, 3, 32639]) {
        const wanted = roundToFormat(divide(rationalOf(numerator), rationalOf(denominator)), binary32);
        if (wanted !== 0) expect(fl32(numerator / denominator)).toBe(wanted);
      }
    }
  });
});

describe("rne", () => {
  it("takes ties to the even integer, where Math.round does not", () => {
    const ties = [-63.5, -2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 62.5, 63.5, 126.5];
    expect(ties.map((tie) => rne(tie) + 0)).toEqual([-64, -2, -2, 0, 0, 2, 2, 62, 64, 126]);
    expect(Math.round(-63.5)).toBe(-63);
  });

  it("is right beside every tie and integer of -33000..33000", () => {
    for (let half = -66_000; half <= 66_000; half++) {
      for (const value of [half / 2, half / 2 + 2 ** -20, half / 2 - 2 ** -20]) {
        if (rne(value) !== Number(roundToInteger(rationalOf(value)))) expect.fail(`rne(${value}) is ${rne(value)}`);
      }
    }
  });

  it("holds up to 2^51", () => {
    expect(rne(2 ** 51 - 0.5)).toBe(2 ** 51);
    expect(rne(-(2 ** 51) + 1.5)).toBe(-(2 ** 51) + 2);
  });
});

it("float32 bits go there and back", () => {
  for (const bits of [0, 1, 0x007fffff, 0x00800000, 0x3f800000, 0x7f7fffff, 0x7f800000, 0x80000000, 0xff800000]) {
    expect(float32ToBits(bitsToFloat32(bits))).toBe(bits);
  }
  expect(float32ToBits(0.1)).toBe(0x3dcccccd);
});
