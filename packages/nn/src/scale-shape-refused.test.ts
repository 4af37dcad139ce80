import { OctetError } from "@octet/core";
import { expect, test } from "vitest";
import { inferGranularity } from "./scale-shape.ts";

test.each([
  { scale: [7, 2], weight: [7, 0] },
  { scale: [7, 66], weight: [7, 33] },
  { scale: [7, 2], weight: [7, 33] },
  { scale: [33, 1], weight: [7, 33] },
  { scale: [7, 3, 1], weight: [7, 33] },
])("a scale of $scale fits no groups of a weight of $weight", ({ scale, weight }) => {
  const infer = () => inferGranularity(scale, weight, { kind: "tensor" });
  expect(infer).toThrow(OctetError);
  expect(infer).toThrow(expect.objectContaining({ code: "ERR_FORMAT" }));
});
