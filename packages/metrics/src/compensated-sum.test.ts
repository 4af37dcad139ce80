import { expect, it } from "vitest";
import { CompensatedSum } from "./compensated-sum.ts";

function sumOf(...terms: number[]): number {
  const sum = new CompensatedSum();
  for (const term of terms) sum.add(term);
  return sum.value;
}

it("starts at 0 and adds", () => {
  expect(sumOf()).toBe(0);
  expect(sumOf(1.5, 2, -0.25)).toBe(3.25);
});

it("keeps what a large sum drops of small terms", () => {
  // Each 1 is half a unit of 2^53, which an addition drops.
  expect(sumOf(2 ** 53, 1, 1)).toBe(2 ** 53 + 2);
  expect(sumOf(2 ** 53, ...new Array(1000).fill(1))).toBe(2 ** 53 + 1000);
});

it("keeps what a large term drops of a small sum", () => {
  expect(sumOf(1, 2 ** 53, 1)).toBe(2 ** 53 + 2);
  expect(sumOf(1, 1e100, 1, -1e100)).toBe(2);
});

it("adds what was dropped, with its sign", () => {
  expect(sumOf(2 ** 53, -1, -1, -1, 2 ** 53)).toBe(2 ** 54 - 3 - 1); // 2^54 - 3 lies between two floats; ties to even
  expect(sumOf(1e16, 1, -1e16)).toBe(1);
  expect(sumOf(-1e16, -1, 1e16)).toBe(-1);
});
