import { type HostRowCodes, type HostState, type HostTensor, hostTensor } from "@octet/core";
import { expect, test } from "vitest";
import { bitsTensor, floatTensor } from "../data/data.ts";
import { checkBetween, checkSame, checkSameQuantized, checkSameTensor } from "./compare.ts";

const float32 = (...values: number[]) => floatTensor("float32", [values.length], values);

test("equal bits pass, NaN payloads included", () => {
  const tensor = bitsTensor("float32", [2, 2], [0x7fc00001, 0x80000000, 1, 0xff800000]);
  expect(() => checkSameTensor(tensor, structuredClone(tensor), "y")).not.toThrow();
});

test("a difference is shown with its position, values and bits", () => {
  const wanted = floatTensor("float32", [2, 3], [0, 1, 2, 3, 4, 5]);
  const got = floatTensor("float32", [2, 3], [0, 1, 2, 3, 4, -0.5]);
  expect(() => checkSameTensor(got, wanted, "y")).toThrow(
    "y: 1 of 6 elements are wrong: [1, 2]: got -0.5 (0xbf000000), wanted 5 (0x40a00000)",
  );
});

test("-0 is not 0", () => {
  expect(() => checkSameTensor(float32(-0), float32(0), "y")).toThrow("got -0 (0x80000000), wanted 0 (0x00000000)");
});

test("five places are shown, NaN before all others", () => {
  const wanted = float32(...Array(20).fill(1));
  expect(() => checkSameTensor(float32(...Array(20).fill(2)), wanted, "y")).toThrow(/\[4\][^[]*; \.\.\.$/);
  const got = float32(...Array(19).fill(2), Number.NaN);
  expect(() => checkSameTensor(got, wanted, "y")).toThrow("20 of 20 elements are wrong (1 of them NaN): [19]: got NaN");
});

test("halves are shown as values and bits", () => {
  const wanted = bitsTensor("float16", [1], [0x3c00]);
  expect(() => checkSameTensor(bitsTensor("float16", [1], [0x3c01]), wanted, "y")).toThrow(
    "got 1.0009765625 (0x3c01), wanted 1 (0x3c00)",
  );
});

test("another dtype, shape or kind of array is told before any element", () => {
  const wanted = float32(1, 2);
  expect(() => checkSameTensor(bitsTensor("float16", [2], [1, 2]), wanted, "y")).toThrow(
    "got float16 [2], wanted float32 [2]",
  );
  expect(() => checkSameTensor(floatTensor("float32", [2, 1], [1, 2]), wanted, "y")).toThrow("got float32 [2, 1]");
  const disguised = { ...wanted, data: new Float64Array(2) } as unknown as HostTensor;
  expect(() => checkSameTensor(disguised, wanted, "y")).toThrow("got a Float64Array of 2, wanted a Float32Array of 2");
});

test("quantized tensors differ by granularity, scales and codes", () => {
  const tensor = {
    quantized: hostTensor("int8", [2], Int8Array.of(1, -128)),
    scale: hostTensor("float32", [], Float32Array.of(0.5)),
    granularity: { kind: "tensor" },
    bits: 8,
  } as const;
  expect(() => checkSameQuantized(tensor, structuredClone(tensor), "q")).not.toThrow();
  expect(() => checkSameQuantized({ ...tensor, bits: 4 }, tensor, "q")).toThrow("at 4 bits");
  const codes = hostTensor("int8", [2], Int8Array.of(1, 127));
  expect(() => checkSameQuantized({ ...tensor, quantized: codes }, tensor, "q")).toThrow(
    "q, codes: 1 of 2 elements are wrong: [1]: got 127 (0x7f), wanted -128 (0x80)",
  );
});

test("an interval takes its ends and refuses NaN", () => {
  const [lowest, highest] = [float32(1, Number.NEGATIVE_INFINITY), float32(2, Number.POSITIVE_INFINITY)];
  expect(() => checkBetween(float32(2, 1e30), lowest, highest, "y")).not.toThrow();
  expect(() => checkBetween(float32(2.5, 0), lowest, highest, "y")).toThrow("[0]: got 2.5 (0x40200000), wanted 1 to 2");
  expect(() => checkBetween(float32(1, Number.NaN), lowest, highest, "y")).toThrow("1 of them NaN");
});

const rowCodes: HostRowCodes = {
  activations: "int8",
  codes: hostTensor("int8", [2, 2], Int8Array.of(1, 2, 3, 4)),
  scale: hostTensor("float32", [2], Float32Array.of(1, 2)),
};
const state: HostState = {
  capacity: 4,
  length: 2,
  slots: [{ name: "ring", dtype: "float32", shape: [], keep: 1 }],
  rows: [float32(7)],
};

test("codes of activations and states are compared in all their parts", () => {
  for (const host of [rowCodes, state]) expect(() => checkSame(structuredClone(host), host)).not.toThrow();
  const otherCodes = { ...rowCodes, codes: hostTensor("int8", [2, 2], Int8Array.of(1, 2, 3, 5)) };
  expect(() => checkSame(otherCodes, rowCodes)).toThrow("codes: 1 of 4 elements are wrong: [1, 1]: got 5");
  expect(() => checkSame({ ...rowCodes, scale: hostTensor("float32", [2], Float32Array.of(1, 3)) }, rowCodes)).toThrow(
    "scales: 1 of 2",
  );
  expect(() => checkSame({ ...rowCodes, activations: "int16" }, rowCodes)).toThrow("got int16 codes, wanted int8");
  expect(() => checkSame({ ...state, length: 3 }, state)).toThrow('"length":3');
  expect(() => checkSame({ ...state, rows: [float32(8)] }, state)).toThrow("slot ring: 1 of 1 elements");
});

test("another kind of host value is told by its kind", () => {
  expect(() => checkSame(float32(1), rowCodes)).toThrow("got a tensor, wanted codes of activations");
  expect(() => checkSame(rowCodes, state)).toThrow("got codes of activations, wanted a state");
});
