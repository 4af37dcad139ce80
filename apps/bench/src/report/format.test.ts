import { expect, it } from "vitest";
import { digitsToTell, formatNumber, formatRatio, formatShare, formatSummary } from "./format.ts";

it.each([
  [0, "0.00"],
  [1e-7, "0.000000100"],
  [0.0012345, "0.00123"],
  [0.99951, "1.00"],
  [1.2345, "1.23"],
  [9.996, "10.0"],
  [99.96, "100"],
  [123.4, "123"],
  [12345.6, "12346"],
  [-1.2345, "-1.23"],
])("writes %d with three digits", (value, text) => {
  expect(formatNumber(value)).toBe(text);
});

it("writes ratios, shares and spreads", () => {
  expect(formatRatio(1.7964, 4)).toBe("1.796×");
  expect(formatShare(0.7423)).toBe("74.2%");
  expect(formatSummary({ median: 2, lower: 1.9, upper: 2.3, samples: 9 })).toBe("2.00 ± 10%");
});

it("takes as many digits as tell a number from what was wanted", () => {
  expect(digitsToTell(1.5, 1.8)).toBe(3);
  expect(digitsToTell(1.8, 1.8)).toBe(3);
  expect(digitsToTell(1.7964, 1.8)).toBe(4);
  expect(digitsToTell(1.79996, 1.8)).toBe(6);
  expect(digitsToTell(0.76915, 1 / 1.3)).toBe(5);
});
