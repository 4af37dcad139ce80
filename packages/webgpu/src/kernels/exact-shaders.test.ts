import {
  type ActivationKind,
  activationOp,
  advanceOp,
  dequantizeOp,
  type FloatDType,
  floatDTypes,
  type Granularity,
  isDType,
  linearOp,
  type OpCall,
  positionsOp,
  type QuantizedForm,
  quantizeOp,
  quantizeRowsOp,
  readRowsOp,
  type TensorForm,
  writeRowsOp,
} from "@octet/core";
import { setLengthOp } from "@octet/core/backend";
import { describe, expect, it } from "vitest";
import type { Shader } from "../shader.ts";
import { commandsOf } from "./commands-of.ts";

const floats =
  /\b(?:f32|f16|vec[234][fh]|mat\dx\d\w*|unpack\w*(?:float|norm)|pack\w*(?:float|norm)|bitcast)\b|\d\.\d|\b\d+[fh]\b|\b(?:exp|sqrt|fma|round)\(/;

/** What of a shader's text is about floats, comments aside. */
function findFloat(source: string): string | undefined {
  return source.replace(/\/\/.*$/gm, "").match(floats)?.[0];
}

const granularities: readonly Granularity[] = [
  { kind: "tensor" },
  { kind: "channel", dim: 0 },
  { kind: "channel", dim: 1 },
  { kind: "group", size: 16 },
];

/** Rows of x for every kernel of a product, and input features for whole words, parts of them, and many. */
const rowCounts = [1, 2, 4, 8, 100];
const widths = [6, 48, 4096];
const outFeatures = [3, 16385];

function* everyCall(): Generator<OpCall> {
  for (const dtype of floatDTypes) {
    for (const kind of ["relu", "gelu", "silu"] satisfies ActivationKind[]) {
      yield { op: activationOp, inputs: { x: { dtype, shape: [4] } }, params: { kind } };
    }
    for (const shape of [
      [3, 6],
      [3, 48],
      [2, 512],
      [5, 4096],
    ]) {
      for (const granularity of granularities) {
        if (granularity.kind === "group" && shape[1] % granularity.size !== 0) continue;
        for (let bits = 2; bits <= 8; bits++) {
          yield { op: quantizeOp, inputs: { x: { dtype, shape } }, params: { granularity, bits } };
        }
        yield { op: dequantizeOp, inputs: { tensor: { shape, granularity, bits: 8 } }, params: { dtype } };
      }
      for (const activations of ["int16", "int8"]) {
        yield { op: quantizeRowsOp, inputs: { x: { dtype, shape } }, params: { activations } };
      }
    }
    yield* linearCalls(dtype);
  }
  yield* stateCalls();
}

function* linearCalls(dtype: FloatDType): Generator<OpCall> {
  for (const n of outFeatures) {
    for (const k of widths) {
      for (const granularity of granularities) {
        if (granularity.kind === "channel" && granularity.dim !== 0) continue;
        if (granularity.kind === "group" && k % granularity.size !== 0) continue;
        yield* linearCallsOn(dtype, { shape: [n, k], granularity, bits: 8 });
      }
      for (const weight of floatDTypes) yield* linearCallsOn(dtype, { shape: [n, k], dtype: weight });
    }
  }
}

function* linearCallsOn(dtype: FloatDType, weight: QuantizedForm | TensorForm<FloatDType>): Generator<OpCall> {
  const [n, k] = weight.shape;
  const quantized = "granularity" in weight && weight.granularity.kind !== "group";
  for (const activations of quantized ? ["float", "int16", "int8"] : ["float"]) {
    for (const m of rowCounts) {
      const x = { dtype, shape: [m, k] };
      for (const output of floatDTypes) {
        const params = { activations, dtype: output };
        yield { op: linearOp, inputs: { x, weight, bias: undefined }, params };
        for (const bias of floatDTypes) {
          yield { op: linearOp, inputs: { x, weight, bias: { dtype: bias, shape: [n] } }, params };
        }
      }
    }
  }
}

function* stateCalls(): Generator<OpCall> {
  for (const dtype of ["float32", "float16", "bfloat16", "int8", "int16", "uint16", "int32"].filter(isDType)) {
    for (const width of [3, 4]) {
      const state = { capacity: 8, slots: [{ name: "rows", dtype, shape: [width] }], length: 0 };
      yield { op: writeRowsOp, inputs: { x: { dtype, shape: [2, width] }, state }, params: { slot: "rows" } };
      yield { op: readRowsOp, inputs: { state }, params: { slot: "rows", count: 2 } };
      yield { op: positionsOp, inputs: { state }, params: { count: 2 } };
      yield { op: advanceOp, inputs: { state }, params: { count: 2 } };
      yield { op: setLengthOp, inputs: { state }, params: { length: 2 } };
    }
  }
}

const variants = [true, false].flatMap((packedDot) =>
  [true, false].map((software) => ({ packedDot, subgroups: packedDot, software })),
);

/** By text. */
const shaders = new Map<string, Shader>();
for (const call of everyCall()) {
  for (const features of variants) {
    for (const command of commandsOf(call, { features, maxRangeBytes: 2 ** 27 })) {
      if (command.kind === "dispatch") shaders.set(command.shader.source, command.shader);
    }
  }
}

describe("exact shaders", () => {
  it("mention no float type, literal or builtin", () => {
    const exact = [...shaders.values()].filter((shader) => shader.exact);
    expect(exact.length).toBeGreaterThan(500);
    expect(exact.filter(({ source }) => findFloat(source) !== undefined).map(({ name }) => name)).toEqual([]);
  });

  it("are all but float linear, gelu and silu", () => {
    const names = [...shaders.values()].filter(({ exact }) => !exact).map(({ name }) => name);
    expect(names.filter((name) => !/^(linear float|gelu|silu) /.test(name))).toEqual([]);
    // The search would find a float if there were one.
    for (const { source, exact } of shaders.values()) if (!exact) expect(findFloat(source)).toBeDefined();
  });

  it("have one text for a name", () => {
    expect(new Set([...shaders.values()].map(({ name }) => name)).size).toBe(shaders.size);
  });
});
