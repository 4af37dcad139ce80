import { describe, expect, it } from "vitest";
import { randomFloats } from "../../test/support/random.ts";
import { brain16, rationalOf, roundToFormat } from "../../test/support/rational.ts";
import { bfloat16ToFloat32, float32ToBfloat16 } from "./bfloat16.ts";
import { bitsToFloat32, float32ToBits } from "./numerics.ts";

const isNaNPattern = (bits: number) => (bits & 0x7fff) > 0x7f80;

describe("bfloat16", () => {
  it("is the upper half of a float32, for all 65536 patterns, there and back; a NaN stays one", () => {
    for (let bits = 0; bits < 65536; bits++) {
      const value = bfloat16ToFloat32(bits);
      const back = float32ToBfloat16(value);
      if (isNaNPattern(bits)) expect(Number.isNaN(value) && isNaNPattern(back)).toBe(true);
      else if (float32ToBits(value) !== bits * 65536 || back !== bits) expect.fail(`0x${bits.toString(16)}`);
    }
  });

  it("rounds every middle between two neighbours to the even one, and right beside it to the nearer", () => {
    for (let bits = 0; bits < 0x7f80; bits++) {
      const middle = bits * 65536 + 0x8000;
      const even = bits % 2 === 0 ? bits : bits + 1;
      for (const sign of [0, 0x8000]) {
        const encode = (pattern: number) => float32ToBfloat16(bitsToFloat32((sign << 16) | pattern));
        const got = [encode(middle - 1), encode(middle), encode(middle + 1)];
        if (`${got}` !== `${[sign | bits, sign | even, sign | (bits + 1)]}`)
          expect.fail(`0x${bits.toString(16)}: ${got}`);
      }
    }
  });

  it("makes an infinity past the largest number and keeps subnormals and the sign of zero", () => {
    expect(float32ToBfloat16(bitsToFloat32(0x7f7f7fff))).toBe(0x7f7f);
    expect(float32ToBfloat16(bitsToFloat32(0x7f7f8000))).toBe(0x7f80);
    expect(float32ToBfloat16(Number.NEGATIVE_INFINITY)).toBe(0xff80);
    expect(float32ToBfloat16(2 ** -133)).toBe(1);
    expect(float32ToBfloat16(2 ** -134)).toBe(0);
    expect(float32ToBfloat16(-0)).toBe(0x8000);
  });

  it("does not let a NaN become a number: rounding its largest payload up would give -0", () => {
    for (const bits of [0x7f800001, 0x7fffffff, 0xff800001, 0xffffffff]) {
      expect(isNaNPattern(float32ToBfloat16(bitsToFloat32(bits)))).toBe(true);
    }
  });

  it("agrees with rational arithmetic on 100000 floats of any magnitude (seed 4)", () => {
    for (const x of randomFloats(4, 100_000)) {
      const wanted = roundToFormat(rationalOf(x), brain16);
      const got = bfloat16ToFloat32(float32ToBfloat16(x));
      if (got !== wanted) expect.fail(`${x}: ${got}, not ${wanted}`);
    }
  });
});
