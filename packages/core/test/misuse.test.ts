import * as core from "@octet/core";
import {
  activation,
  createReferenceBackend,
  dequantize,
  hostTensor,
  linear,
  OctetError,
  quantize,
  quantizeRows,
  quantizeSymmetric,
} from "@octet/core";
import { allocate } from "@octet/core/backend";
import { describe, expect, it } from "vitest";
import { foreignError, junkCalls, misuseCode } from "../../../tests/support/misuse.ts";

const backend = createReferenceBackend();
const weight = hostTensor("float32", [2, 4], Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8));
const codes = quantizeSymmetric(weight, { dim: 0 });
const onDevice = backend.upload(weight);
const codesOnDevice = backend.upload(codes);
const channel = { kind: "channel", dim: 0 } as const;
const state = backend.state({ capacity: 4, slots: [{ name: "rows", dtype: "float32", shape: [4] }] });
const forms = { x: { dtype: "float32", shape: [2, 4] } } as const;
const rowCodes = quantizeRows(weight, { activations: "int8" });

/** A right call of every function that core exports: a new export needs a row. */
const rightCalls: Readonly<Record<string, readonly unknown[]>> = {
  activation: [weight, "relu"],
  activationCodes: [weight, { kind: "relu", activations: "int16" }],
  advance: [state, 0],
  bfloat16ToFloat32: [1],
  bitRange: [8],
  bitsToFloat32: [1],
  createReferenceBackend: [],
  dequantize: [codes.quantized, codes.scale, { dim: 0 }],
  equalGranularities: [channel, channel],
  equalShapes: [[1], [1]],
  firstAvailable: [[createReferenceBackend]],
  fl32: [1],
  float16ToFloat32: [1],
  float32ToBfloat16: [1],
  float32ToBits: [1],
  float32ToFloat16: [1],
  formatShape: [[1]],
  formatValue: [1],
  granularityOf: [{ dim: 0 }],
  hostTensor: ["float32", [1], new Float32Array(1)],
  isDType: ["int8"],
  isFloatDType: ["float32"],
  isHostQuantizedTensor: [codes],
  linear: [weight, codes, { activations: "int8" }],
  narrow: [new Float32Array(1), "float16"],
  narrowFloat64: [new Float64Array(1), "float16"],
  normalizeFloatTensor: [weight, "x"],
  normalizeGranularity: [channel, [2, 4]],
  normalizeHostTensor: [weight, "x"],
  positions: [state, 1],
  quantize: [onDevice, { granularity: channel, bits: 8 }],
  quantizeRows: [weight, { activations: "int8" }],
  quantizeSymmetric: [weight, { dim: 0 }],
  quantizeWeightPerChannel: [weight],
  readRows: [state, "rows", 1],
  rne: [1],
  scaleLayout: [channel, [2, 4]],
  scaleShape: [channel, [2, 4]],
  sizeOf: [[1]],
  validateBackend: [backend],
  validateFloatDType: ["float32", "x"],
  validateHostQuantizedTensor: [codes],
  validateOptions: ["f", {}, {}],
  validateShape: [[1], "x"],
  widen: [weight],
  writeRows: [state, "rows", onDevice],
};

const classes = ["Brand", "DisposableObject", "OctetError"];
const methods: Readonly<Record<string, readonly unknown[]>> = {
  download: [onDevice],
  record: [({ x }: { x: never }) => activation(x, "relu"), { x: onDevice }],
  run: [core.linearOp, { x: onDevice, weight: codesOnDevice }, {}],
  state: [{ capacity: 4, slots: [{ name: "rows", dtype: "float32", shape: [4] }] }],
  supports: [core.quantizeOp, forms, { granularity: channel, bits: 8 }],
  upload: [weight],
};

/** What messages call a thing, and the rules of options, are words of the calling code and nothing that its user passes. */
function isWording(name: string, right: readonly unknown[], place: number): boolean {
  return right[place] === "x" || (name === "validateOptions" && place !== 1);
}

describe("whatever it is given, it throws errors of Octet only:", () => {
  const functions = Object.entries(core).filter(
    ([name, value]) => typeof value === "function" && !classes.includes(name),
  );

  it.each(functions)("%s", async (name, call) => {
    const right = rightCalls[name];
    expect(right, `${name} has no row of a right call`).toBeDefined();
    expect(await foreignError(() => (call as (...values: unknown[]) => unknown)(...right))).toBeUndefined();
    for (const values of junkCalls(right)) {
      const given = values.map((value, place) => (isWording(name, right, place) ? right[place] : value));
      expect(await foreignError(() => (call as (...values: unknown[]) => unknown)(...given))).toBeUndefined();
    }
  });

  it.each(Object.entries(methods))("the reference backend's %s", async (name, right) => {
    const call = (...values: unknown[]) => (backend[name as "supports"] as (...all: unknown[]) => unknown)(...values);
    for (const values of junkCalls(right)) expect(await foreignError(() => call(...values))).toBeUndefined();
  });
});

describe("misuse is refused with a code:", () => {
  const refused: readonly (readonly [string, string, () => unknown])[] = [
    ["an option that is misspelled", "ERR_UNSUPPORTED", () => quantizeSymmetric(weight, { groupsize: 2 } as never)],
    ["numbers for the options", "ERR_UNSUPPORTED", () => quantizeSymmetric(weight, 4 as never)],
    ["null for the options", "ERR_UNSUPPORTED", () => quantizeSymmetric(weight, null as never)],
    ["an array for the options", "ERR_UNSUPPORTED", () => quantizeSymmetric(weight, [] as never)],
    ["bits in text", "ERR_UNSUPPORTED", () => quantizeSymmetric(weight, { bits: "8" as never })],
    ["a dim in text", "ERR_SHAPE", () => quantizeSymmetric(weight, { dim: "0" as never })],
    ["a dtype for the options", "ERR_UNSUPPORTED", () => dequantize(codes.quantized, codes.scale, "float32" as never)],
    [
      "a granularity for the options",
      "ERR_UNSUPPORTED",
      () => dequantize(codes.quantized, codes.scale, channel as never),
    ],
    ["activations for the options", "ERR_UNSUPPORTED", () => linear(weight, codes, "int8" as never)],
    ["an unknown option of linear", "ERR_UNSUPPORTED", () => linear(weight, codes, { activation: "int8" } as never)],
    ["null for a device's options", "ERR_UNSUPPORTED", () => linear(onDevice, codesOnDevice, null as never)],
    ["a misspelled parameter", "ERR_UNSUPPORTED", () => quantize(onDevice, { granularity: channel, bit: 4 } as never)],
    ["no granularity", "ERR_UNSUPPORTED", () => quantize(onDevice, {} as never)],
    ["no inputs", "ERR_FOREIGN_TENSOR", () => backend.run(core.linearOp, { x: undefined } as never, {})],
    ["an input too few", "ERR_UNSUPPORTED", () => backend.run(core.linearOp, { x: onDevice } as never, {})],
    ["host codes of another kind", "ERR_FORMAT", () => backend.upload({ ...rowCodes, activations: "int4" } as never)],
    ["a state without slots", "ERR_SHAPE", () => backend.state({ capacity: 4 } as never)],
    ["a state in place of a tensor", "ERR_DTYPE", () => activation(state as never, "relu")],
    ["steps that are asynchronous", "ERR_UNSUPPORTED", () => backend.record(async () => undefined, {})],
    ["a dim of one scale", "ERR_UNSUPPORTED", () => core.scaleShape({ kind: "tensor", dim: 0 } as never, [2])],
    ["an empty op", "ERR_UNSUPPORTED", () => backend.supports({} as never, {} as never, {})],
    ["no op", "ERR_UNSUPPORTED", () => backend.supports(undefined as never, {} as never, {})],
    ["a misspelled name", "ERR_UNSUPPORTED", () => backend.supports(core.quantizeOp, forms, { Bits: 8 } as never)],
    ["no forms", "ERR_UNSUPPORTED", () => backend.supports(core.quantizeOp, undefined as never, {} as never)],
    ["factories that are not functions", "ERR_UNSUPPORTED", () => core.firstAvailable([backend] as never)],
    ["a factory that gives no backend", "ERR_UNAVAILABLE", () => core.firstAvailable([() => ({}) as never])],
    ["an array past the host's memory", "ERR_OUT_OF_MEMORY", () => allocate("float32", 2 ** 50)],
    [
      "more scales than the host has room for",
      "ERR_OUT_OF_MEMORY",
      () => quantizeSymmetric(hostTensor("float32", [2 ** 50, 0], new Float32Array(0)), { dim: 0 }),
    ],
    [
      "a product past the host's memory",
      "ERR_OUT_OF_MEMORY",
      () => {
        const column = hostTensor("float32", [2 ** 25, 1], new Float32Array(2 ** 25));
        return linear(column, column);
      },
    ],
  ];
  it.each(refused)("%s", async (_name, code, call) => expect(await misuseCode(call)).toBe(code));

  it("the message has the nearest name, and all names", () => {
    expect(() => quantizeSymmetric(weight, { groupsize: 2 } as never)).toThrow(
      'quantizeSymmetric has no option "groupsize"; did you mean groupSize? pass an object with any of bits, dim, groupSize',
    );
    expect(() => quantizeSymmetric(weight, { axis: 0 } as never)).toThrow('has no option "axis"; pass an object');
    expect(() => quantizeSymmetric(weight, { bit: 4 } as never)).toThrow("did you mean bits?");
  });

  it("what the contract leaves undefined is not supported, and no error", () => {
    expect(backend.supports(core.quantizeOp, forms, { granularity: channel, bits: 9 })).toBe(false);
  });

  it("the host's own error is the cause", () => {
    try {
      allocate("int8", 2 ** 50);
      expect.fail("that much memory is there");
    } catch (error) {
      expect(OctetError.isInstance(error) && (error.cause as Error).name).toBe("RangeError");
    }
  });
});
