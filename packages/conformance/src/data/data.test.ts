import { type HostTensor, scaleLayout, widen } from "@octet/core";
import { describe, expect, test } from "vitest";
import { perChannel } from "../cases/linear/linear-case.ts";
import { exactInputs } from "../cases/linear/linear-exact-sums.ts";
import { singleRoundingScales } from "../cases/linear/single-rounding.ts";
import { codesForSum } from "../cases/linear/sums.ts";
import { linearTruth } from "../checks/linear-bound.ts";
import { gridTensor } from "./data.ts";
import { Random } from "./random.ts";

test("numbers repeat for a seed, differ between seeds, and lie where they should (seeds 1 and 2)", () => {
  const draw = (seed: number) => {
    const random = new Random(seed);
    return Array.from({ length: 1000 }, () => random.normal());
  };
  expect(draw(1)).toEqual(draw(1));
  expect(draw(1)).not.toEqual(draw(2));
  const values = draw(1);
  expect(Math.max(...values.map(Math.abs))).toBeLessThan(3.5);
  const mean = values.reduce((sum, value) => sum + value, 0) / 1000;
  expect(Math.abs(mean)).toBeLessThan(0.1);
  const integers = new Random(1);
  const drawn = new Set(Array.from({ length: 200 }, () => integers.integer(-2, 2)));
  expect([...drawn].sort((a, b) => a - b)).toEqual([-2, -1, 0, 1, 2]);
});

test("the first numbers are these on every platform (seed 7)", () => {
  const random = new Random(7);
  expect([random.word(), random.word(), random.word()]).toEqual([2117141697, 2453824876, 2676058395]);
});

describe("grid data quantizes without rounding (seed 3)", () => {
  test.each([
    [[5, 3], { kind: "channel", dim: 0 }],
    [[5, 7, 3], { kind: "channel", dim: 1 }],
    [[3, 24], { kind: "group", size: 8 }],
    [[4, 5], { kind: "tensor" }],
  ] as const)("%j by %j", (shape, granularity) => {
    const x = gridTensor("float32", shape, granularity, 127, new Random(3));
    const { channels, inner } = scaleLayout(granularity, shape);
    const maxima = new Float64Array(channels);
    x.data.forEach((value, index) => {
      const channel = Math.floor(index / inner) % channels;
      maxima[channel] = Math.max(maxima[channel], Math.abs(value));
    });
    expect(maxima.every((maximum) => Number.isInteger(Math.log2(maximum / 127)))).toBe(true);
    maxima.forEach((maximum, channel) => {
      if (channel > 0) expect(maximum).not.toBe(maxima[channel - 1]);
    });
  });
});

test("exact sums stay below 2^24 units, whatever their order (seed 2)", () => {
  const row = {
    name: "",
    activations: "float",
    dtype: "float32",
    x: [3, 127],
    n: 9,
    weight: perChannel,
    bias: "float32",
    seed: 2,
    check: "exact",
    data: () => {
      throw new Error("not called");
    },
  } as const;
  const { x, weight, bias } = exactInputs(row, 13, new Random(2));
  const { magnitudes } = linearTruth(x, weight, bias ?? null);
  const scales = (weight as { scale: HostTensor<"float32"> }).scale.data;
  magnitudes.forEach((magnitude, index) => {
    expect(magnitude / scales[index % 9]).toBeLessThan(2 ** 24);
  });
  expect(widen(x).every((value) => Math.abs(value) % 2 === 1)).toBe(true);
});

test("codes sum to their targets", () => {
  const values = [32639, 32639, 127, 127, 127, 1];
  const targets = [0, 1, -5, 2049, 4145153 + 17, -70000];
  const codes = codesForSum(targets, values);
  const sums = targets.map((_, row) => values.reduce((sum, value, column) => sum + value * codes[row * 6 + column], 0));
  expect(sums).toEqual(targets);
  expect(() => codesForSum([2 ** 40], values)).toThrow(RangeError);
});

test.each(["float16", "bfloat16"] as const)(
  "scales for %s give a product that rounds to a tie, but is none",
  (dtype) => {
    const scale = singleRoundingScales(dtype, 12);
    const bitsBelow = dtype === "float16" ? 12 : 15; // half a unit in the last place, in units of float32
    for (let row = 0; row < 12; row++) {
      const products = Array.from({ length: 128 }, (_, code) => code * scale(row));
      const tie = products.find((product) => {
        const rounded = Math.fround(product);
        const unit = 2 ** (Math.floor(Math.log2(rounded)) - 23 + bitsBelow);
        return product > 0 && rounded !== product && (rounded / unit) % 2 === 1;
      });
      expect(tie).toBeDefined();
    }
  },
);
