import { type ActivationKind, type activationOp, bytesPerElement, type FloatDType, sizeOf } from "@octet/core";
import { bindRange } from "../layout/buffer-range.ts";
import { KernelParams } from "../params.ts";
import { eachVariantOnce, shader } from "../shader.ts";
import type { KernelOf } from "../storage.ts";
import { elementArray, loadElements } from "../wgsl/load.ts";
import { storeElements } from "../wgsl/store-elements.ts";

const lanes = 256;

/**
 * `activate(bits)`. relu works on the bits and is exact: what has its sign set becomes +0, NaN stays. gelu and silu are x times a
 * number in 0..1 that errs by less than 2^-21; exponents are bounded, so that exp neither overflows nor divides by what is flushed.
 */
const functions: Readonly<Record<ActivationKind, string>> = {
  relu: `
fn activate(bits: u32) -> u32 {
  let positive = bits < 0x80000000u || (bits & 0x7fffffffu) > 0x7f800000u;
  return select(0u, bits, positive);
}
`,
  silu: `
fn activate(bits: u32) -> u32 {
  let x = bitcast<f32>(bits);
  let decay = exp(-min(abs(x), 87.0));
  let sigmoid = select(1.0, decay, x < 0.0) / (1.0 + decay);
  return bitcast<u32>(x * sigmoid);
}
`,
  // Abramowitz and Stegun 7.1.26: erfc(z) = t (a1 + t (a2 + ...)) exp(-z^2), t = 1 / (1 + p z), to 1.5e-7; Phi(-x) = erfc(x / sqrt 2) / 2.
  gelu: `
fn activate(bits: u32) -> u32 {
  let x = bitcast<f32>(bits);
  let z = min(abs(x), 13.0) * 0.70710678;
  let t = 1.0 / (1.0 + 0.3275911 * z);
  let polynomial = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  let tail = 0.5 * polynomial * exp(-z * z);
  return bitcast<u32>(x * select(1.0 - tail, tail, x < 0.0));
}
`,
};

const params = new KernelParams({ xShift: "u32", yShift: "u32", count: "u32" });

const activationShader = eachVariantOnce((dtype: FloatDType, kind: ActivationKind) => {
  return shader({
    name: `${kind} ${dtype}`,
    exact: kind === "relu",
    params,
    buffers: [
      ["x", "read", elementArray(dtype, false)],
      ["y", "read_write", "array<u32>"],
    ],
    pieces: [loadElements(dtype, false), functions[kind], storeElements(dtype)],
    workgroupSize: [lanes],
    main: `
  let start = index * 4u;
  if (start >= params.count) { return; }
  let bits = load4(start, params.count);
  store4(start, vec4<u32>(activate(bits.x), activate(bits.y), activate(bits.z), activate(bits.w)));`,
  });
});

/** An element-wise function. Bytes moved: x and the result once. */
export const activationKernel: KernelOf<typeof activationOp> = (
  { x: { form, storage: x } },
  { kind },
  { storage: y },
) => {
  const size = sizeOf(form.shape);
  const bytes = bytesPerElement[form.dtype];
  const activate = activationShader(form.dtype, kind);
  return (operation) => {
    // A multiple of 4 elements, so that every part starts at a whole vector.
    const step = Math.floor(operation.maxRangeBytes / bytes / 4) * 4;
    for (let first = 0; first < size; first += step) {
      const end = Math.min(first + step, size);
      const source = bindRange({ buffer: x.data, start: first * bytes, end: end * bytes });
      const target = bindRange({ buffer: y.data, start: first * bytes, end: end * bytes });
      operation.dispatch(
        activate,
        { xShift: source.shift / bytes, yShift: target.shift / bytes, count: end - first },
        [source, target],
        Math.ceil((end - first) / 4 / lanes),
      );
    }
  };
};
