import { type HostTensor, hostTensor, quantizeSymmetric } from "@octet/core";
import { describe, expect, it } from "vitest";
import { errorCode, errorMessage } from "../test/support/error-code.ts";
import { floats, normals, rowsOf } from "../test/support/tensors.ts";
import { calculateQuantizationError } from "./calculate-quantization-error.ts";
import { createErrorAccumulator } from "./error-accumulator.ts";
import { maxAbsOf } from "./max-abs.ts";

/** The part of whole codes and scales that belongs to the rows from `start` to `end`. */
function sliceOf(tensor: ReturnType<typeof quantizeSymmetric>, start: number, end: number): typeof tensor {
  const { quantized, scale, granularity } = tensor;
  const row = quantized.data.length / quantized.shape[0];
  const codes = hostTensor(
    "int8",
    [end - start, ...quantized.shape.slice(1)],
    quantized.data.subarray(start * row, end * row),
  );
  const byRow = granularity.kind === "group" || (granularity.kind === "channel" && granularity.dim === 0);
  return { ...tensor, quantized: codes, scale: byRow ? rowsOf(scale, start, end) : scale };
}

/** The figures of `x`, cut before each of `cuts`. */
function accumulate(x: HostTensor<"float32">, tensor: ReturnType<typeof quantizeSymmetric>, cuts: number[]) {
  const accumulator = createErrorAccumulator({ maxAbs: maxAbsOf(x) });
  const edges = [0, ...cuts, x.shape[0]];
  for (let i = 1; i < edges.length; i++) {
    accumulator.add(rowsOf(x, edges[i - 1], edges[i]), sliceOf(tensor, edges[i - 1], edges[i]));
  }
  return accumulator.result();
}

describe("createErrorAccumulator", () => {
  for (const shape of [
    [40, 333],
    [40, 3, 111],
  ]) {
    for (const options of [{}, { dim: 0 }, { dim: -1 }, { groupSize: 37 }]) {
      it(`gives the figures of the whole to the last bit: [${shape}], ${JSON.stringify(options)} (seed 6)`, () => {
        const x = normals(6, shape);
        const tensor = quantizeSymmetric(x, options);
        const whole = calculateQuantizationError(x, tensor.quantized, tensor.scale, options);
        for (const cuts of [[], [1], [7, 8, 31], [13, 13, 39], Array.from({ length: 39 }, (_, i) => i + 1)]) {
          expect(accumulate(x, tensor, cuts)).toEqual(whole);
        }
      });
    }
  }

  it("starts with the figures of nothing, and result may be asked for at any time", () => {
    const accumulator = createErrorAccumulator({ maxAbs: 4 });
    expect(accumulator.result().snrDb).toBe(Number.POSITIVE_INFINITY);
    accumulator.add(floats([1], 4), quantizeSymmetric(floats([1], 3)));
    expect(accumulator.result().maxAbsError).toBe(4 - 127 * Math.fround(3 / 127));
  });

  it("uses maxAbs for the relative error, not the maximum so far", () => {
    const blocks = [floats([2], 1, 0.25), floats([2], 100, 5)];
    const accumulator = createErrorAccumulator({ maxAbs: 100 });
    for (const block of blocks) accumulator.add(block, quantizeSymmetric(block, { bits: 2 }));
    // 0.25 became 0, which is an error of 100 percent, but it is no tenth of 100; neither is 5.
    expect(accumulator.result().relativeErrorPct).toBe(0);
  });

  it("refuses an element above maxAbs and a maxAbs that is none", () => {
    const x = floats([2], 1, -3);
    const accumulator = createErrorAccumulator({ maxAbs: 2 });
    expect(errorCode(() => accumulator.add(x, quantizeSymmetric(x)))).toBe("ERR_UNSUPPORTED");
    for (const maxAbs of [Number.NaN, -1, Number.POSITIVE_INFINITY, undefined, "1x"]) {
      expect(errorCode(() => createErrorAccumulator({ maxAbs: maxAbs as number }))).toBe("ERR_UNSUPPORTED");
    }
  });

  it("leaves the figures as they were when it refuses a block, and counts indices from the start of the tensor", () => {
    const x = floats([2], 1, 0.3);
    const accumulator = createErrorAccumulator({ maxAbs: 1 });
    accumulator.add(x, quantizeSymmetric(x));
    const before = accumulator.result();
    const bad = () => accumulator.add(floats([2], 0.5, Number.NaN), quantizeSymmetric(x));
    expect(errorCode(bad)).toBe("ERR_NON_FINITE");
    expect(errorMessage(bad)).toContain("element 3 ");
    expect(errorCode(() => accumulator.add(floats([1], 1), quantizeSymmetric(x)))).toBe("ERR_SHAPE");
    expect(accumulator.result()).toEqual(before);
  });
});

describe("maxAbsOf", () => {
  it("is the largest magnitude, 0 when there is none", () => {
    expect(maxAbsOf(floats([3], 1, -5, 2))).toBe(5);
    expect(maxAbsOf(hostTensor("float16", [2], Uint16Array.of(0xc000, 0x3c00)))).toBe(2);
    expect(maxAbsOf(floats([0]))).toBe(0);
    expect(Object.is(maxAbsOf(floats([1], -0)), 0)).toBe(true);
  });

  it("refuses NaN, infinities and what is no float tensor", () => {
    expect(errorCode(() => maxAbsOf(floats([2], 1, Number.NaN)))).toBe("ERR_NON_FINITE");
    expect(errorCode(() => maxAbsOf(floats([2], Number.NEGATIVE_INFINITY, 1)))).toBe("ERR_NON_FINITE");
    expect(errorCode(() => maxAbsOf(undefined as never))).toBe("ERR_DTYPE");
  });
});
