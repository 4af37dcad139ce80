import { describe, expect, it } from "vitest";
import { equalGranularities, type Granularity } from "./granularity.ts";

const granularities: readonly Granularity[] = [
  { kind: "tensor" },
  { kind: "channel", dim: 0 },
  { kind: "channel", dim: 1 },
  { kind: "group", size: 2 },
  { kind: "group", size: 4 },
];

describe("equalGranularities", () => {
  for (const a of granularities) {
    it(`${JSON.stringify(a)} equals itself alone`, () => {
      expect(granularities.filter((b) => equalGranularities(a, { ...b }))).toEqual([a]);
    });
  }
});
