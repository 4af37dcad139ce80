import * as core from "@octet/core";
import { createReferenceBackend, dequantize, hostTensor, linear, OctetError, quantizeSymmetric } from "@octet/core";
import { describe, expect, it } from "vitest";
import { foreignError, junkCalls, misuseCode } from "../../../tests/support/misuse.ts";

const backend = createReferenceBackend();
const weight = hostTensor("float32", [2, 4], Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8));
const codes = quantizeSymmetric(weight, { dim: 0 });
const onDevice = backend.upload(weight);
const codesOnDevice = backend.upload(codes);
const channel = { kind: "channel", dim: 0 } as const;
const spec = { op: "quantize", dtype: "float32", granularity: channel, bits: 8 } as const;

/** A right call of every function that core exports: a new export needs a row. */
const rightCalls: Readonly<Record<string, readonly unknown[]>> = {
  activation: [weight, "relu"],
  allocate: ["float32", 3],
  bfloat16ToFloat32: [1],
  bitRange: [8],
  bitsToFloat32: [1],
  codeOf: [1, 2, { lowest: -128, qmax: 127 }],
  createReferenceBackend: [],
  dequantize: [codes.quantized, codes.scale, { dim: 0 }],
  dequantizeHost: [codes, "float32"],
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
  isDefinedOp: [spec],
  isFloatDType: ["float32"],
  isHostQuantizedTensor: [codes],
  isQuantizedTensor: [codesOnDevice],
  linear: [weight, codes, { activations: "int8" }],
  linearGeometry: [weight, weight, { activations: "float" }],
  narrow: [new Float32Array(1), "float16"],
  narrowFloat64: [new Float64Array(1), "float16"],
  nonFinite: [0, 1, Number.NaN],
  normalizeFloatTensor: [weight, "x"],
  normalizeGranularity: [channel, [2, 4]],
  normalizeHostTensor: [weight, "x"],
  quantizeHost: [weight, channel, 8],
  quantizeSymmetric: [weight, { dim: 0 }],
  quantizeWeightPerChannel: [weight],
  rne: [1],
  scaleLayout: [channel, [2, 4]],
  scaleOf: [1, 127],
  scaleShape: [channel, [2, 4]],
  sizeOf: [[1]],
  validateActivation: [backend, onDevice, "relu"],
  validateAlive: [backend],
  validateBackend: [backend],
  validateDequantize: [backend, codesOnDevice, "float32"],
  validateFloatDType: ["float32"],
  validateHostQuantizedTensor: [codes],
  validateLinear: [backend, onDevice, codesOnDevice, {}],
  validateOptions: ["f", {}, {}],
  validateOwned: [backend, onDevice, "x"],
  validateQuantize: [backend, onDevice, { granularity: channel }],
  validateShape: [[1], "x"],
  validateTensorBytes: [backend, 1],
  validateUpload: [backend, weight],
  widen: [weight],
};

const classes = ["Brand", "DisposableObject", "OctetError"];
const methods: Readonly<Record<string, readonly unknown[]>> = {
  activation: [onDevice, "relu"],
  dequantize: [codesOnDevice, "float32"],
  download: [onDevice],
  linear: [onDevice, codesOnDevice, {}],
  quantize: [onDevice, { granularity: channel }],
  supports: [spec],
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
    ["options of a backend's linear", "ERR_UNSUPPORTED", () => backend.linear(onDevice, codesOnDevice, null as never)],
    ["a dim of one scale", "ERR_UNSUPPORTED", () => core.scaleShape({ kind: "tensor", dim: 0 } as never, [2])],
    ["an empty op", "ERR_UNSUPPORTED", () => backend.supports({} as never)],
    ["no op", "ERR_UNSUPPORTED", () => backend.supports(undefined as never)],
    ["an op without bits", "ERR_UNSUPPORTED", () => backend.supports({ ...spec, bits: undefined } as never)],
    ["an op with bits in text", "ERR_UNSUPPORTED", () => backend.supports({ ...spec, bits: "8" } as never)],
    ["an op with a misspelled field", "ERR_UNSUPPORTED", () => backend.supports({ ...spec, Bits: 8 } as never)],
    ["factories that are not functions", "ERR_UNSUPPORTED", () => core.firstAvailable([backend] as never)],
    ["a factory that gives no backend", "ERR_UNAVAILABLE", () => core.firstAvailable([() => ({}) as never])],
    ["an array past the host's memory", "ERR_OUT_OF_MEMORY", () => core.allocate("float32", 2 ** 50)],
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

  it("an op that core does not know is not supported, and no error", () => {
    expect(backend.supports({ op: "softmax", dtype: "float32" } as never)).toBe(false);
  });

  it("the host's own error is the cause", () => {
    try {
      core.allocate("int8", 2 ** 50);
      expect.fail("that much memory is there");
    } catch (error) {
      expect(OctetError.isInstance(error) && (error.cause as Error).name).toBe("RangeError");
    }
  });
});
