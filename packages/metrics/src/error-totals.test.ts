import { hostTensor, quantizeSymmetric } from "@octet/core";
import { expect, it } from "vitest";
import { floats } from "../test/support/tensors.ts";
import { createErrorAccumulator } from "./error-accumulator.ts";

it("tells the sums of all blocks, from which figures of several tensors can be made", () => {
  // Scales of 1: codes are the values rounded, and the errors 0.5, 0, -0.25 and 0.
  const tensor = quantizeSymmetric(floats([1, 2], 127, 1), { dim: 0 });
  expect(tensor.scale.data[0]).toBe(1);
  const accumulator = createErrorAccumulator({ maxAbs: 126.5 });
  accumulator.add(floats([1, 2], 126.5, 1), { ...tensor, quantized: hostTensor("int8", [1, 2], Int8Array.of(126, 1)) });
  accumulator.add(floats([1, 2], 2.75, 0), { ...tensor, quantized: hostTensor("int8", [1, 2], Int8Array.of(3, 0)) });

  expect(accumulator.totals()).toEqual({
    count: 4,
    signal: 126.5 ** 2 + 1 + 2.75 ** 2,
    noise: 0.5 ** 2 + 0.25 ** 2,
    absolute: 0.75,
  });
});

it("takes a tensor of zeros, whose largest magnitude is 0", () => {
  const zeros = floats([1, 2], 0, 0);
  const accumulator = createErrorAccumulator({ maxAbs: 0 });
  accumulator.add(zeros, quantizeSymmetric(zeros));
  expect(accumulator.totals()).toEqual({ count: 2, signal: 0, noise: 0, absolute: 0 });
  expect(accumulator.result()).toMatchObject({ maxAbsError: 0, relativeErrorPct: 0, snrDb: Number.POSITIVE_INFINITY });
});
