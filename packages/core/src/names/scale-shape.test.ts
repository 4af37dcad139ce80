import { describe, expect, test } from "vitest";
import type { Granularity } from "../tensors/granularity.ts";
import { inferGranularity, storedScaleShape } from "./scale-shape.ts";

const channel: Granularity = { kind: "channel", dim: 0 };
const tensor: Granularity = { kind: "tensor" };
const group = (size: number): Granularity => ({ kind: "group", size });

describe("the granularity of a stored scale", () => {
  test.each<[scale: number[], weight: number[], expected: Granularity, inferred: Granularity]>([
    [[1], [7, 33], channel, tensor],
    [[], [7, 33], channel, tensor],
    [[7, 1], [7, 33], tensor, channel],
    [[7, 3], [7, 33], channel, group(11)],
    [[7, 33], [7, 33], channel, group(1)],
    // One output feature: the rank decides.
    [[1], [1, 6], channel, tensor],
    [[1, 1], [1, 6], tensor, channel],
    [[1, 2], [1, 6], tensor, group(3)],
    // One scale per row is channels or one group: what the layer was made with decides.
    [[7, 1], [7, 33], channel, channel],
    [[7, 1], [7, 33], group(33), group(33)],
    [[7, 1], [7, 33], group(11), channel],
    // No rows, no columns.
    [[0, 1], [0, 33], tensor, channel],
    [[0, 3], [0, 33], tensor, group(11)],
    [[7, 0], [7, 0], group(4), group(4)],
    [[7, 1], [7, 0], group(4), channel],
  ])("%j of %j, made with %j: %j", (scale, weight, expected, inferred) => {
    expect(inferGranularity(scale, weight, expected)).toEqual(inferred);
  });

  test.each([[[7]], [[7, 2]], [[7, 34]], [[7, 66]], [[33, 1]], [[1, 7]], [[2]], [[7, 1, 1]], [[7, 0]], [[0]]])(
    "%j fits no granularity of [7, 33]",
    (scale) => {
      expect(() => inferGranularity(scale, [7, 33], channel)).toThrow(expect.objectContaining({ code: "ERR_FORMAT" }));
    },
  );

  test.each([[[7, 0]], [[7, 2]]])("a weight without columns has no groups to infer from %j", (scale) => {
    expect(() => inferGranularity(scale, [7, 0], channel)).toThrow(expect.objectContaining({ code: "ERR_FORMAT" }));
  });
});

test.each<[Granularity, number[]]>([
  [tensor, [1]],
  [channel, [7, 1]],
  [group(11), [7, 3]],
])("%j is stored as %j", (granularity, shape) => {
  expect(storedScaleShape(granularity, [7, 33])).toEqual(shape);
});

test.each<[Granularity, number[], string]>([
  [{ kind: "channel", dim: 1 }, [7, 33], "ERR_UNSUPPORTED"],
  [group(2), [7, 33], "ERR_SHAPE"],
  [channel, [7], "ERR_SHAPE"],
  [tensor, [7, 3, 1], "ERR_SHAPE"],
])("no file stores %j of %j: %s", (granularity, shape, code) => {
  expect(() => storedScaleShape(granularity, shape)).toThrow(expect.objectContaining({ code }));
});
