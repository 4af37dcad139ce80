import { OctetError } from "../errors.ts";
import { className, formatValue } from "../format-value.ts";
import { widenData } from "../numerics/widen-data.ts";
import {
  copyData,
  type DType,
  dtypesText,
  type FloatDType,
  floatDTypesText,
  holdsDType,
  isDType,
  isFloatDType,
  type TypedArrayOf,
} from "./dtype.ts";
import { formatShape, sizeOf, validateShape } from "./shape.ts";

/**
 * A tensor in the memory of the host, row-major. Made by `hostTensor` and by whatever returns one; where one is accepted, a plain object
 * of the same three fields will do (`TensorLike`). The methods lie on the prototype: two tensors are deeply equal when their fields are,
 * and a structured clone, a spread or JSON holds the fields alone.
 */
export class HostTensor<D extends DType = DType> {
  readonly dtype: D;
  /** Frozen. */
  readonly shape: readonly number[];
  /** float16 and bfloat16 are **bit patterns** in a `Uint16Array`: to compute with them, call `values()`. */
  readonly data: TypedArrayOf[D];

  /** Internal: `hostTensor` checks what it is given. */
  constructor(dtype: D, shape: readonly number[], data: TypedArrayOf[D]) {
    this.dtype = dtype;
    this.shape = Object.isFrozen(shape) ? shape : Object.freeze([...shape]);
    this.data = data;
  }

  /**
   * The elements as numbers to compute with: exactly, but for an int32 past 2^24, which is rounded to the nearest float32. The data of a
   * float32 tensor is returned itself, not a copy. `widen` does the same for plain objects.
   * @throws OctetError `ERR_OUT_OF_MEMORY`
   */
  values(): Float32Array {
    return widenData(this.dtype, this.data);
  }

  /** The same tensor with data of its own. @throws OctetError `ERR_OUT_OF_MEMORY` */
  copy(): HostTensor<D> {
    return new HostTensor(this.dtype, this.shape, copyData(this.dtype, this.data));
  }
}

/** A native `Float16Array`, described rather than named: the libraries that TypeScript takes for ES2022 to ES2024 have no such name. */
interface NativeFloat16Array extends ArrayBufferView {
  readonly [Symbol.toStringTag]: "Float16Array";
  readonly length: number;
}

/** What the functions of core accept: the fields of a `HostTensor`, and a native `Float16Array` may hold float16. */
export interface TensorLike<D extends DType = DType> {
  readonly dtype: D;
  readonly shape: readonly number[];
  readonly data: TypedArrayOf[D] | (D extends "float16" ? NativeFloat16Array : never);
}

/**
 * Makes a host tensor over `data` (not copied) after checking it. The shape is copied.
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
  return normalizeTensor(tensor, what, dtypesText);
}

/** The same tensor, known to be of a float dtype. @throws OctetError `ERR_DTYPE`, `ERR_SHAPE` */
export function normalizeFloatTensor<D extends FloatDType>(tensor: TensorLike<D>, what: string): HostTensor<D> {
  const normalized = normalizeTensor(tensor, what, floatDTypesText);
  if (isFloatDType(normalized.dtype)) return normalized;
  throw new OctetError("ERR_DTYPE", `${what} is ${String(normalized.dtype)}; use ${floatDTypesText}`);
}

/** `dtypes` is what the message offers instead of a dtype that is none. */
function normalizeTensor<D extends DType>(tensor: TensorLike<D>, what: string, dtypes: string): HostTensor<D> {
  if (typeof tensor !== "object" || tensor === null) {
    throw new OctetError("ERR_DTYPE", `${what} is ${formatValue(tensor)}; pass an object of dtype, shape and data`);
  }
  const { dtype } = tensor;
  if (!isDType(dtype)) {
    const bare = Array.isArray(tensor) || ArrayBuffer.isView(tensor);
    const got = bare ? `is a bare ${className(tensor)}` : `has the dtype ${formatValue(dtype)}`;
    throw new OctetError("ERR_DTYPE", `${what} ${got}; pass hostTensor(dtype, shape, data): use ${dtypes}`);
  }
  let data = tensor.data as TypedArrayOf[D];
  if (dtype === "float16" && className(data) === "Float16Array") {
    data = new Uint16Array(data.buffer, data.byteOffset, data.length) as TypedArrayOf[D];
  }
  if (!holdsDType(data, dtype)) {
    const got = className(tensor.data);
    throw new OctetError("ERR_DTYPE", `${what} is ${dtype} but its data has the type ${got}; ${arrayAdvice[dtype]}`);
  }
  const shape = validateShape(tensor.shape, what);
  if (data.length !== sizeOf(shape)) {
    throw new OctetError(
      "ERR_SHAPE",
      `${what} has ${data.length} elements; its shape ${formatShape(shape)} needs ${sizeOf(shape)}`,
    );
  }
  return new HostTensor(dtype, shape, data);
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
