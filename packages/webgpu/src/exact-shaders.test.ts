import { type FloatDType, floatDTypes, type Granularity, type OpSpec } from "@octet/core";
import { describe, expect, it } from "vitest";
import { shadersOf } from "./kernels/shaders-of.ts";

const floats =
  /\b(?:f32|f16|vec[234][fh]|mat\dx\d\w*|unpack\w*(?:float|norm)|pack\w*(?:float|norm)|bitcast)\b|\d\.\d|\b\d+[fh]\b|\b(?:exp|sqrt|fma|round)\(/;

/** What of a shader's text is about floats, comments aside. */
function findFloat(source: string): string | undefined {
  return source.replace(/\/\/.*$/gm, "").match(floats)?.[0];
}

const granularities: readonly Granularity[] = [
  { kind: "tensor" },
  { kind: "channel", dim: 0 },
  { kind: "group", size: 32 },
];

function* everySpec(): Generator<OpSpec> {
  for (const dtype of floatDTypes) {
    for (const kind of ["relu", "gelu", "silu"] as const) yield { op: "activation", dtype, kind };
    for (const granularity of granularities) {
      for (let bits = 2; bits <= 8; bits++) yield { op: "quantize", dtype, granularity, bits };
      yield { op: "dequantize", dtype, granularity, bits: 8 };
      yield* linearSpecs(dtype, { granularity, bits: 8 });
    }
    for (const weight of floatDTypes) yield* linearSpecs(dtype, { dtype: weight });
  }
}

function* linearSpecs(dtype: FloatDType, weight: Extract<OpSpec, { op: "linear" }>["weight"]): Generator<OpSpec> {
  const quantized = "granularity" in weight && weight.granularity.kind !== "group";
  for (const activations of quantized ? (["float", "int16", "int8"] as const) : (["float"] as const)) {
    for (const outputDType of floatDTypes) {
      yield { op: "linear", dtype, outputDType, activations, weight };
      for (const bias of floatDTypes) yield { op: "linear", dtype, outputDType, activations, weight, bias };
    }
  }
}

const variants = [true, false].flatMap((packedDot) =>
  [true, false].map((software) => ({ packedDot, subgroups: packedDot, software })),
);
const shaders = new Map(
  [...everySpec()]
    .flatMap((spec) => variants.flatMap((features) => shadersOf(spec, features)))
    .map((shader) => [shader.source, shader]),
);

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
