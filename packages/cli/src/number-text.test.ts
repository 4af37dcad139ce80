import { expect, it } from "vitest";
import { formatDecibels, formatError } from "./number-text.ts";

it("shows decibels with one decimal", () => {
  expect([41.249, -3, 0, Infinity].map(formatDecibels)).toEqual(["41.2", "-3.0", "0.0", "∞"]);
});

it("shows errors with three digits", () => {
  expect([0, 0.021345, 5.82e-11, 1.5].map(formatError)).toEqual(["0", "0.0213", "5.82e-11", "1.50"]);
});
