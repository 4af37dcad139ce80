import { describe, expect, it } from "vitest";
import { findCopyFault, findDequantizeFault, findQuantizeFault } from "./find-fault.ts";
import { makeMemoryProblem } from "./memory-problem.ts";

describe("the checks of quantize, dequantize and copy (seed 6)", () => {
  const problem = makeMemoryProblem(7, 33, 6);
  const codes = problem.quantized.quantized.data;
  const scales = problem.quantized.scale.data;
  const values = Float32Array.from(codes, (code, i) => code * scales[Math.floor(i / 33)]);

  it("accept what is right", () => {
    expect(findQuantizeFault(problem, codes, scales)).toBeUndefined();
    expect(findDequantizeFault(problem, values)).toBeUndefined();
    expect(findCopyFault(problem, problem.original.slice())).toBeUndefined();
  });

  it("find a code off by one", () => {
    const wrong = codes.slice();
    wrong[40] += wrong[40] > 0 ? -1 : 1;
    expect(findQuantizeFault(problem, wrong, scales)).toMatch(/^code 40 /);
  });

  it("find a scale that is off, or not a number", () => {
    const wrong = scales.with(3, scales[3] * (1 + 2 ** -20));
    expect(findQuantizeFault(problem, codes, wrong)).toMatch(/^scale 3 /);
    expect(findQuantizeFault(problem, codes, scales.with(0, Number.NaN))).toMatch(/^scale 0 /);
  });

  it("find a value that is off, or not a number", () => {
    expect(findDequantizeFault(problem, values.with(50, values[50] * (1 + 2 ** -20)))).toMatch(/^value 50 /);
    expect(findDequantizeFault(problem, values.with(0, Number.NaN))).toMatch(/^value 0 /);
  });

  it("find what a copy lacks", () => {
    expect(findCopyFault(problem, problem.original.with(230, 0))).toBeDefined();
    expect(findCopyFault(problem, problem.original.subarray(1))).toBeDefined();
    expect(findQuantizeFault(problem, codes.subarray(1), scales)).toBeDefined();
    expect(findDequantizeFault(problem, values.subarray(1))).toBeDefined();
  });
});
