import { describe, expect, it } from "vitest";
import { randomFloats } from "../../test/support/random.ts";
import { binary16, rationalOf, roundToFormat } from "../../test/support/rational.ts";
import { float16ToFloat32, float16Values, float32ToFloat16 } from "./float16.ts";
import { bitsToFloat32, float32ToBits } from "./numerics.ts";

const patterns = Array.from({ length: 65536 }, (_, bits) => bits);
const isNaNPattern = (bits: number) => (bits & 0x7fff) > 0x7c00;

/** The value of a finite pattern, from the definition of the format. */
function halfValue(bits: number): number {
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  const magnitude = exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25);
  return bits & 0x8000 ? -magnitude : magnitude;
}

describe("decoding", () => {
  it("gives all 65536 patterns their value", () => {
    for (const bits of patterns) {
      if ((bits & 0x7c00) === 0x7c00) continue;
      if (!Object.is(float16ToFloat32(bits), halfValue(bits))) expect.fail(`0x${bits.toString(16)}`);
    }
    expect([0x7c00, 0xfc00].map(float16ToFloat32)).toEqual([Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]);
    expect(patterns.filter((bits) => Number.isNaN(float16ToFloat32(bits)))).toEqual(patterns.filter(isNaNPattern));
  });

  it("agrees with the table", () => {
    expect(float16Values()).toEqual(Float32Array.from(patterns, float16ToFloat32));
  });

  it.runIf(typeof Float16Array === "function")("agrees with the runtime's Float16Array", () => {
    const native = Float32Array.from(new Float16Array(Uint16Array.from(patterns).buffer));
    expect(float16Values()).toEqual(native);
  });
});

describe("encoding", () => {
  it("takes every pattern back to itself; a NaN stays one", () => {
    for (const bits of patterns) {
      const back = float32ToFloat16(float16ToFloat32(bits));
      if (isNaNPattern(bits) ? !isNaNPattern(back) : back !== bits) expect.fail(`0x${bits.toString(16)}`);
    }
  });

  it("rounds every middle between two neighbours to the even one, and right beside it to the nearer", () => {
    for (let bits = 0; bits < 0x7c00; bits++) {
      const next = bits === 0x7bff ? 65536 : halfValue(bits + 1);
      const middle = float32ToBits((halfValue(bits) + next) / 2);
      const even = bits % 2 === 0 ? bits : bits + 1;
      for (const sign of [0, 0x8000]) {
        const encode = (pattern: number) => float32ToFloat16(bitsToFloat32((sign << 16) | pattern));
        const got = [encode(middle - 1), encode(middle), encode(middle + 1)];
        if (`${got}` !== `${[sign | bits, sign | even, sign | (bits + 1)]}`)
          expect.fail(`0x${bits.toString(16)}: ${got}`);
      }
    }
  });

  it("keeps subnormals, makes an infinity from 65520 on, and keeps the sign of zero", () => {
    expect(float32ToFloat16(2 ** -24)).toBe(1);
    expect(float32ToFloat16(2 ** -25)).toBe(0);
    expect(float32ToFloat16(bitsToFloat32(float32ToBits(2 ** -25) + 1))).toBe(1);
    expect(float32ToFloat16(-(2 ** -149))).toBe(0x8000);
    expect(float32ToFloat16(65519.996)).toBe(0x7bff);
    expect(float32ToFloat16(65520)).toBe(0x7c00);
    expect(float32ToFloat16(-3.4e38)).toBe(0xfc00);
    expect(float32ToFloat16(Number.NEGATIVE_INFINITY)).toBe(0xfc00);
    expect(float32ToFloat16(-0)).toBe(0x8000);
  });

  it("agrees with rational arithmetic on 100000 floats of the format's magnitudes (seed 2)", () => {
    for (const value of randomFloats(2, 100_000)) {
      // Exponents -26..17: from below the smallest subnormal to above the largest number.
      const exponent = (float32ToBits(value) >>> 23) % 44;
      const x = bitsToFloat32((float32ToBits(value) & 0x807fffff) | ((exponent + 101) << 23));
      const wanted = roundToFormat(rationalOf(x), binary16);
      const got = float16ToFloat32(float32ToFloat16(x));
      if (got !== wanted || got < 0 !== Object.is(Math.sign(wanted), -1)) expect.fail(`${x}: ${got}, not ${wanted}`);
    }
  });

  it.runIf(typeof Float16Array === "function")(
    "agrees with the runtime's Float16Array on 2 million floats (seed 3)",
    () => {
      const values = randomFloats(3, 2_000_000);
      const native = new Uint16Array(Float16Array.from(values).buffer);
      for (let i = 0; i < values.length; i++) {
        if (float32ToFloat16(values[i]) !== native[i]) expect.fail(`${values[i]}`);
      }
    },
  );
});
