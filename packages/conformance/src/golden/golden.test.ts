import { createReferenceBackend, quantizeSymmetric } from "@octet/core";
import { bytesSource, encodeSafetensors, openSafetensors, type TensorData } from "@octet/safetensors";
import { beforeAll, describe, expect, test } from "vitest";
import { sabotagedFactory, sabotages } from "../../self-test/sabotage/index.ts";
import { runConformance } from "../run.ts";
import { type GoldenTensors, goldenCases } from "./index.ts";

const bytes = (array: { buffer: ArrayBufferLike }) => new Uint8Array(array.buffer as ArrayBuffer);

/** x [2, 4] with its codes per tensor and per dim 0, a bias, and products that are exact. */
async function makeTensors(): Promise<GoldenTensors> {
  const x = { dtype: "float32", shape: [2, 4], data: Float32Array.of(1, -2, 4, 127, 0.5, 1, -1, 127) } as const;
  const perTensor = quantizeSymmetric(x);
  const perRow = quantizeSymmetric(x, { dim: 0 });
  const y = Float64Array.from({ length: 4 }, (_, index) => {
    const [row, column] = [index >> 1, index & 1];
    return [0, 1, 2, 3].reduce((sum, k) => sum + x.data[4 * row + k] * perRow.quantized.data[4 * column + k], 0);
  });
  const tensors: TensorData[] = [
    { name: "x", dtype: "F32", shape: [2, 4], data: bytes(x.data) },
    { name: "q", dtype: "I8", shape: [2, 4], data: bytes(perTensor.quantized.data) },
    { name: "s", dtype: "F32", shape: [], data: bytes(perTensor.scale.data) },
    { name: "s0", dtype: "F32", shape: [2], data: bytes(perRow.scale.data) },
    { name: "s.flat", dtype: "F32", shape: [1], data: bytes(perTensor.scale.data) },
    { name: "y", dtype: "F32", shape: [2, 2], data: bytes(Float32Array.from(y)) },
    { name: "y64", dtype: "F64", shape: [2, 2], data: bytes(y) },
    { name: "mag64", dtype: "F64", shape: [2, 2], data: bytes(y.map(Math.abs)) },
    { name: "bias3", dtype: "F32", shape: [3], data: bytes(new Float32Array(3)) },
  ];
  return openSafetensors(bytesSource(encodeSafetensors(tensors)));
}

let tensors: GoldenTensors;
beforeAll(async () => {
  tensors = await makeTensors();
});

const quantize = { id: "q", kind: "quantize", x: "x", dtype: "float32", bits: 8, quantized: "q", scale: "s" };
const dequantize = {
  id: "d",
  kind: "dequantize",
  quantized: "q",
  scale: "s0",
  dim: 0,
  dtype: "float32",
  expected: "x",
};
const linear = {
  id: "l",
  kind: "linear",
  activations: "float",
  x: "x",
  quantized: "q",
  scale: "s0",
  bias: null,
  bits: 8,
  dim: 0,
  dtype: "float32",
  expected64: "y64",
  magnitude64: "mag64",
};

async function outcome(...cases: object[]): Promise<string[]> {
  const { results } = await runConformance(createReferenceBackend, { cases: goldenCases({ cases }, tensors) });
  return results.map(({ status, message }) => (status === "passed" ? status : message));
}

describe("cases of any manifest of the form run", () => {
  test("quantize, with and without an error, null where it is infinite", async () => {
    const snrDb = 10 * Math.log10(32281.25 / 0.25); // one element of eight is off, by a half
    const error = { maxAbsError: 0.5, meanAbsError: 0.0625, relativeErrorPct: 0, snrDb };
    const withError = (figures: object) => ({ ...quantize, error: { ...error, ...figures } });
    expect(await outcome(quantize, { ...quantize, id: "nulls", dim: null, group: null })).toEqual(["passed", "passed"]);
    expect(await outcome(withError({}))).toEqual(["passed"]);
    const [close, far, infinite] = [
      await outcome(withError({ snrDb: snrDb * (1 + 1e-10) })),
      await outcome(withError({ meanAbsError: 0.0625 * (1 + 1e-8) })),
      await outcome(withError({ snrDb: null })),
    ];
    expect(close).toEqual(["passed"]);
    expect(far).toEqual([expect.stringContaining("error figure meanAbsError: got 0.0625, wanted 0.062500000625")]);
    expect(infinite).toEqual([expect.stringContaining("error figure snrDb: got 51.11")]);
  });

  test("dequantize with a negative dim, float linears with codes and with float weights", async () => {
    const float = { ...linear, id: "f", expected64: undefined, magnitude64: undefined, expected: "y" };
    const [dequantized, ...others] = await outcome(
      { ...dequantize, dim: -2 },
      linear,
      JSON.parse(JSON.stringify(float)),
    );
    expect(dequantized).toMatch(/^dequantize: 1 of 8 elements are wrong: \[1, 0\]/); // 0.5 is a tie, its code 0
    expect(others).toEqual(["passed", "passed"]);
  });
});

describe("what does not have the form is refused, by name", () => {
  const refusals: readonly (readonly [string, unknown, RegExp])[] = [
    ["no object", null, /no list "cases"/],
    ["no list", { cases: {} }, /no list "cases"/],
    ["an empty list", { cases: [] }, /no list "cases"/],
    ["a case that is no object", { cases: [7] }, /case 0 is 7/],
    ["a case without an id", { cases: [{ kind: "quantize" }] }, /case 0 has no field "id"/],
    ["two cases of one id", { cases: [quantize, quantize] }, /case 1 "q" has the id of an earlier case/],
    ["an unknown kind", { cases: [{ ...quantize, kind: "round" }] }, /"round" as "kind"; use one of quantize/],
    ["a missing field", { cases: [{ ...quantize, scale: undefined }] }, /"scale"; use a string/],
    ["an unknown field", { cases: [{ ...quantize, axis: 0 }] }, /unknown field "axis"/],
    ["error figures of a linear", { cases: [{ ...linear, error: {} }] }, /unknown field "error"/],
    [
      "an unknown error figure",
      { cases: [{ ...quantize, error: { maxAbsError: 0, meanAbsError: 0, relativeErrorPct: 0, snrDb: 1, psnr: 2 } }] },
      /unknown field "psnr"/,
    ],
    [
      "an error figure without snrDb",
      { cases: [{ ...quantize, error: { maxAbsError: 0, meanAbsError: 0, relativeErrorPct: 0 } }] },
      /no field "snrDb"/,
    ],
    ["an unknown dtype", { cases: [{ ...quantize, dtype: "float64" }] }, /"float64" as "dtype"/],
    ["a missing tensor", { cases: [{ ...quantize, x: "z" }] }, /names the tensor "z"/],
    [
      "a tensor of another dtype",
      { cases: [{ ...quantize, dtype: "float16" }] },
      /needs F16 as "x"; the tensor "x" is F32/,
    ],
    ["codes of another shape", { cases: [{ ...linear, quantized: "s" }] }, /needs I8 as "quantized"/],
    [
      "a flat scale per tensor",
      { cases: [{ ...quantize, scale: "s.flat" }] },
      /needs \[\] as "scale"; its tensor is \[1\]/,
    ],
    ["bits out of range", { cases: [{ ...quantize, bits: 9 }] }, /has 9 bits/],
    ["half a bit", { cases: [{ ...quantize, bits: 7.5 }] }, /7\.5 as "bits"; use an integer/],
    ["a dim that is no axis", { cases: [{ ...quantize, dim: 2 }] }, /does not fit its tensors: dim 2/],
    ["a group that does not divide", { cases: [{ ...quantize, group: 3 }] }, /group size 3/],
    ["dim and group", { cases: [{ ...quantize, dim: 0, group: 2 }] }, /pass one of them/],
    ["unknown activations", { cases: [{ ...linear, activations: "int4" }] }, /"int4" as "activations"/],
    ["no expectation", { cases: [{ ...linear, expected64: undefined, magnitude64: undefined }] }, /expected64/],
    ["a bound for an exact mode", { cases: [{ ...linear, activations: "int8" }] }, /no field "expected"/],
    ["both expectations", { cases: [{ ...linear, expected: "y" }] }, /unknown field "expected64"/],
    ["a bias that does not fit", { cases: [{ ...linear, bias: "bias3" }] }, /the bias is \[3\]/],
    ["scales on dim 1", { cases: [{ ...linear, dim: 1, scale: "s0" }] }, /needs \[4\] as "scale"/],
    [
      "bits of a float weight",
      {
        cases: [
          {
            id: "f",
            kind: "linear",
            activations: "float",
            dtype: "float32",
            x: "x",
            weight: "x",
            bits: 8,
            expected: "y",
          },
        ],
      },
      /unknown field "bits"/,
    ],
  ];
  test.each(refusals)("%s", (_what, manifest, message) => {
    const attempt = () => goldenCases(manifest, tensors);
    expect(attempt).toThrow(message);
    expect(attempt).toThrow(expect.objectContaining({ code: "ERR_FORMAT" }));
  });
});

test("a wrong backend fails golden cases", async () => {
  const sabotage = sabotages.find(({ fault }) => fault === "round-half-up")!;
  const { failed } = await runConformance(sabotagedFactory(sabotage), {
    cases: goldenCases({ cases: [quantize] }, tensors),
  });
  expect(failed).toBe(1); // 0.5 over a scale of 1
});

test("tensors leave nothing behind on the backend", async () => {
  const backend = createReferenceBackend();
  for (const goldenCase of goldenCases({ cases: [quantize, linear] }, tensors)) {
    await goldenCase.run({ backend, reference: backend });
    expect(backend.memory()).toEqual({ tensors: 0, bytes: 0 });
  }
});
