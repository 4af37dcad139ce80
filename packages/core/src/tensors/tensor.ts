import { OctetError } from "../errors.ts";
import { bitRange } from "../numerics/quantization-range.ts";
import { type DType, type FloatDType, holdsDType, isDType, isFloatDType, type TypedArrayOf } from "./dtype.ts";
import { type Granularity, normalizeGranularity, scaleShape } from "./granularity.ts";
import { equalShapes, formatShape, sizeOf, validateShape } from "./shape.ts";

/** A tensor in the memory of the host, row-major. float16 and bfloat16 are the bit patterns in a `Uint16Array`. */
export interface HostTensor<D extends DType = DType> {
  readonly dtype: D;
  readonly shape: readonly number[];
  readonly data: TypedArrayOf[D];
}

/** Codes and their scales on the host: what `quantizeSymmetric` returns, what a file holds. `value = quantized * scale`. */
export interface HostQuantizedTensor {
  /** int8 codes, in the shape of the original tensor. */
  readonly quantized: HostTensor<"int8">;
  /** float32, finite and above 0; `[]` per tensor, `[shape[dim]]` per channel, `[...shape[:-1], shape[-1] / size]` per group. */
  readonly scale: HostTensor<"float32">;
  readonly granularity: Granularity;
  /** 2 to 8: codes lie in -2^(bits-1) .. 2^(bits-1) - 1. */
  readonly bits: number;
}

/** A native `Float16Array`, described rather than named: the libraries that TypeScript takes for ES2022 to ES2024 have no such name. */
interface NativeFloat16Array extends ArrayBufferView {
  readonly [Symbol.toStringTag]: "Float16Array";
  readonly length: number;
}

/** What the functions of core accept: like `HostTensor`, and a native `Float16Array` may hold float16. */
export interface TensorLike<D extends DType = DType> {
  readonly dtype: D;
  readonly shape: readonly number[];
  readonly data: TypedArrayOf[D] | (D extends "float16" ? NativeFloat16Array : never);
}

/**
 * Makes a host tensor over `data` (not copied) after checking it.
 * @throws OctetError `ERR_DTYPE` when `data` is not the typed array of `dtype`; `ERR_SHAPE` when its length is not that of `shape`.
 */
export function hostTensor<D extends DType>(
  dtype: D,
  shape: readonly number[],
  data: TensorLike<D>["data"],
): HostTensor<D> {
  return normalizeHostTensor({ dtype, shape, data }, "tensor");
}

/**
 * The same tensor, checked, with float16 as bit patterns. `what` names it in error messages.
 * @throws OctetError `ERR_DTYPE`, `ERR_SHAPE`
 */
export function normalizeHostTensor<D extends DType>(tensor: TensorLike<D>, what: string): HostTensor<D> {
  return normalizeTensor(tensor, what, "float32, float16, bfloat16, int8, int16, uint16 or int32");
}

/** `dtypes` is what the message offers instead of a dtype that is none. */
function normalizeTensor<D extends DType>(tensor: TensorLike<D>, what: string, dtypes: string): HostTensor<D> {
  if (typeof tensor !== "object" || tensor === null) {
    throw new OctetError("ERR_DTYPE", `${what} is ${String(tensor)}; pass an object of dtype, shape and data`);
  }
  const { dtype, shape } = tensor;
  if (!isDType(dtype)) {
    const bare = Array.isArray(tensor) || ArrayBuffer.isView(tensor);
    const got = bare ? `is a bare ${typeName(tensor)}` : `has the dtype ${String(dtype)}`;
    throw new OctetError("ERR_DTYPE", `${what} ${got}; pass hostTensor(dtype, shape, data): use ${dtypes}`);
  }
  let data = tensor.data as TypedArrayOf[D];
  if (dtype === "float16" && Object.prototype.toString.call(data) === "[object Float16Array]") {
    data = new Uint16Array(data.buffer, data.byteOffset, data.length) as TypedArrayOf[D];
  }
  if (!holdsDType(data, dtype)) {
    const got = typeName(tensor.data);
    throw new OctetError("ERR_DTYPE", `${what} is ${dtype} but its data has the type ${got}; ${arrayAdvice[dtype]}`);
  }
  validateShape(shape, what);
  if (data.length !== sizeOf(shape)) {
    throw new OctetError(
      "ERR_SHAPE",
      `${what} has ${data.length} elements; its shape ${formatShape(shape)} needs ${sizeOf(shape)}`,
    );
  }
  return { dtype, shape: [...shape], data };
}

/** `Float32Array`, `Array`, `Undefined`: the class of a value from any realm. */
function typeName(value: unknown): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}

const arrayAdvice: Readonly<Record<DType, string>> = {
  float32: "pass a Float32Array",
  float16: "pass the bit patterns in a Uint16Array, or a Float16Array",
  bfloat16: "pass the bit patterns in a Uint16Array",
  int8: "pass an Int8Array",
  int16: "pass an Int16Array",
  uint16: "pass a Uint16Array",
  int32: "pass an Int32Array",
};

const floatDTypesText = "float32, float16 or bfloat16";

/** The same tensor, known to be of a float dtype. @throws OctetError `ERR_DTYPE`, `ERR_SHAPE` */
export function normalizeFloatTensor<D extends FloatDType>(tensor: TensorLike<D>, what: string): HostTensor<D> {
  const normalized = normalizeTensor(tensor, what, floatDTypesText);
  if (!isFloatDType(normalized.dtype)) {
    throw new OctetError("ERR_DTYPE", `${what} is ${String(normalized.dtype)}; use ${floatDTypesText}`);
  }
  return normalized;
}

/** Tells the two kinds of host tensor apart, whatever it is given. */
export function isHostQuantizedTensor(value: unknown): value is HostQuantizedTensor {
  return typeof value === "object" && value !== null && "quantized" in value;
}

/**
 * Checks codes and scales that come from outside, a file for instance.
 * @throws OctetError `ERR_FORMAT` unless codes are int8 in the range of `bits`, and scales float32, finite, above 0, of the
 * granularity's shape; `ERR_SHAPE` when the granularity does not fit the codes' shape.
 */
export function validateHostQuantizedTensor(tensor: HostQuantizedTensor): HostQuantizedTensor {
  if (!isHostQuantizedTensor(tensor)) {
    throw new OctetError(
      "ERR_FORMAT",
      `got ${String(tensor)}; pass an object of quantized, scale, granularity and bits`,
    );
  }
  const { quantized, scale, granularity, bits } = tensor;
  if (isHostQuantizedTensor(quantized)) {
    throw new OctetError(
      "ERR_FORMAT",
      "got a whole quantized tensor q in place of its codes; pass q.quantized and q.scale, with the dim or groupSize that made them (to dequantize all of q: dequantizeHost(q, dtype))",
    );
  }
  if (quantized?.dtype !== "int8" || scale?.dtype !== "float32") {
    throw new OctetError(
      "ERR_FORMAT",
      `codes are ${quantized?.dtype} and scales ${scale?.dtype}; a quantized tensor holds int8 codes and float32 scales`,
    );
  }
  const { lowest, highest } = bitRange(bits);
  const codes = normalizeHostTensor(quantized, "codes");
  const scales = normalizeHostTensor(scale, "scales");
  const wanted = scaleShape(granularity, codes.shape);
  if (!equalShapes(scales.shape, wanted)) {
    throw new OctetError(
      "ERR_FORMAT",
      `scales have the shape ${formatShape(scales.shape)}; codes of ${formatShape(codes.shape)} in this granularity need ${formatShape(wanted)}: pass the dim or groupSize that made them`,
    );
  }
  const badScale = scales.data.findIndex((value) => !(value > 0 && value < Number.POSITIVE_INFINITY));
  if (badScale >= 0) {
    throw new OctetError(
      "ERR_FORMAT",
      `scale ${badScale} is ${scales.data[badScale]}; scales are finite and above 0, so the file is damaged or of another format`,
    );
  }
  const badCode = bits === 8 ? -1 : codes.data.findIndex((code) => code < lowest || code > highest);
  if (badCode >= 0) {
    throw new OctetError(
      "ERR_FORMAT",
      `code ${badCode} is ${codes.data[badCode]}; with ${bits} bits codes lie in ${lowest}..${highest}`,
    );
  }
  return { quantized: codes, scale: scales, granularity: normalizeGranularity(granularity, codes.shape), bits };
}
