/**
 * The checks of every op, shared by all backends so that each throws the same error for the same mistake. Each function checks the
 * arguments of one op in this order: the backend is alive, the tensors are its own and alive, dtypes and shapes fit, the op is
 * supported here, and its result is not too large. It returns what the op needs, with defaults filled in.
 */
import { type ActivationKind, validateActivationKind } from "./activation.ts";
import type { Backend, LinearOptions, OpSpec, QuantizedTensor, QuantizeOptions, Tensor } from "./backend.ts";
import { bytesPerElement, type FloatDType, floatDTypesText, isFloatDType, validateFloatDType } from "./dtype.ts";
import { OctetError } from "./errors.ts";
import { formatValue } from "./format-value.ts";
import { type Granularity, normalizeGranularity, scaleShape } from "./granularity.ts";
import {
  type HostQuantizedTensor,
  isHostQuantizedTensor,
  type QuantizedTensorLike,
  validateHostQuantizedTensor,
} from "./host-quantized-tensor.ts";
import { type HostTensor, normalizeHostTensor, type TensorLike } from "./host-tensor.ts";
import { type LinearGeometry, linearGeometry, linearOptionKinds } from "./linear-geometry.ts";
import { notANumber } from "./numerics.ts";
import { validateOptions } from "./options.ts";
import { bitRange } from "./quantization-range.ts";
import { sizeOf } from "./shape.ts";

/** @throws OctetError `ERR_DISPOSED`, `ERR_UNAVAILABLE` for what is not a backend */
export function validateAlive(backend: Backend): void {
  validateParts(backend);
  if (!backend.disposed) return;
  throw new OctetError("ERR_DISPOSED", `the ${backend.info.name} backend is disposed; make a new one`);
}

/** Checks that `tensor` is a live tensor of this backend. @throws OctetError `ERR_FOREIGN_TENSOR`, `ERR_DISPOSED` */
export function validateOwned(backend: Backend, tensor: Tensor | QuantizedTensor, what: string): void {
  validateAlive(backend);
  if (tensor?.backend !== backend) {
    const owner = tensor?.backend?.info?.name;
    const got = owner === undefined ? "not a device tensor" : `a tensor of another backend (${owner})`;
    throw new OctetError(
      "ERR_FOREIGN_TENSOR",
      `${what} is ${got}; the ${backend.info.name} backend takes its own: download it there and upload it here`,
    );
  }
  if (tensor.disposed) throw new OctetError("ERR_DISPOSED", `${what} is disposed; dispose it after its last use`);
}

/** Checks what `upload` was given and tells the two kinds of host tensor apart. @throws OctetError */
export function validateUpload(
  backend: Backend,
  host: TensorLike | QuantizedTensorLike,
):
  | { readonly kind: "tensor"; readonly host: HostTensor }
  | { readonly kind: "quantized"; readonly host: HostQuantizedTensor } {
  validateAlive(backend);
  if (isHostQuantizedTensor(host)) {
    const quantized = validateHostQuantizedTensor(host);
    validateTensorBytes(backend, quantized.quantized.data.byteLength + quantized.scale.data.byteLength);
    return { kind: "quantized", host: quantized };
  }
  const normalized = normalizeHostTensor(host, "the tensor to upload");
  validateTensorBytes(backend, normalized.data.byteLength);
  return { kind: "tensor", host: normalized };
}

/** @throws OctetError `ERR_OUT_OF_MEMORY` when a tensor is larger than the backend can hold. */
export function validateTensorBytes(backend: Backend, bytes: number): void {
  validateParts(backend);
  if (typeof bytes !== "number") throw notANumber(bytes);
  const { maxTensorBytes, name } = backend.info;
  if (bytes <= maxTensorBytes) return;
  throw new OctetError(
    "ERR_OUT_OF_MEMORY",
    `a tensor of ${bytes} bytes was asked for; the ${name} backend holds up to ${maxTensorBytes}: split it`,
  );
}

/** The checks of `quantize`. @throws OctetError */
export function validateQuantize(
  backend: Backend,
  x: Tensor<FloatDType>,
  options: QuantizeOptions,
): { readonly granularity: Granularity; readonly bits: number } {
  validateOwned(backend, x, "the tensor to quantize");
  validateFloatTensor(x, "the tensor to quantize");
  // Without options the granularity is what is missing, and the error says so.
  const given = options === undefined ? ({} as QuantizeOptions) : options;
  validateOptions("quantize", given, { granularity: "any", bits: "any" });
  const { bits = 8 } = given;
  bitRange(bits);
  const granularity = normalizeGranularity(given.granularity, x.shape);
  validateSupport(backend, { op: "quantize", dtype: x.dtype, granularity, bits });
  validateTensorBytes(backend, sizeOf(x.shape) + sizeOf(scaleShape(granularity, x.shape)) * bytesPerElement.float32);
  return { granularity, bits };
}

/** The checks of `dequantize`. @throws OctetError */
export function validateDequantize(
  backend: Backend,
  tensor: QuantizedTensor,
  dtype: FloatDType = "float16",
): { readonly dtype: FloatDType } {
  validateOwned(backend, tensor, "the tensor to dequantize");
  validateQuantizedTensor(tensor, "the tensor to dequantize");
  validateFloatDType(dtype);
  validateSupport(backend, { op: "dequantize", dtype, granularity: tensor.granularity, bits: tensor.bits });
  validateTensorBytes(backend, sizeOf(tensor.shape) * bytesPerElement[dtype]);
  return { dtype };
}

/** The checks of `linear`. @throws OctetError */
export function validateLinear(
  backend: Backend,
  x: Tensor<FloatDType>,
  weight: QuantizedTensor | Tensor<FloatDType>,
  options: LinearOptions = {},
): LinearGeometry & { readonly bias: Tensor<FloatDType> | undefined } {
  validateOwned(backend, x, "the tensor of activations");
  validateOwned(backend, weight, "the weight");
  validateOptions("linear", options, linearOptionKinds);
  const bias = options.bias ?? undefined;
  if (bias !== undefined) validateOwned(backend, bias, "the bias");
  const geometry = linearGeometry(x, weight, options);
  validateSupport(backend, {
    op: "linear",
    dtype: x.dtype,
    outputDType: geometry.dtype,
    activations: geometry.activations,
    weight: isQuantizedTensor(weight)
      ? { granularity: weight.granularity, bits: weight.bits }
      : { dtype: weight.dtype },
    ...(bias && { bias: bias.dtype }),
  });
  validateTensorBytes(backend, sizeOf(geometry.outputShape) * bytesPerElement[geometry.dtype]);
  return { ...geometry, bias };
}

/** The checks of `activation`. @throws OctetError */
export function validateActivation(backend: Backend, x: Tensor<FloatDType>, kind: ActivationKind): void {
  validateOwned(backend, x, "the input of the activation");
  validateFloatTensor(x, "the input of the activation");
  validateActivationKind(kind);
  validateSupport(backend, { op: "activation", dtype: x.dtype, kind });
}

export function isQuantizedTensor(tensor: Tensor | QuantizedTensor): tensor is QuantizedTensor {
  return typeof tensor === "object" && tensor !== null && "granularity" in tensor;
}

/** Checks that `backend` has the parts that these checks look at. */
function validateParts(backend: Backend): void {
  if (typeof backend?.supports === "function" && typeof backend.info === "object" && backend.info !== null) return;
  throw new OctetError("ERR_UNAVAILABLE", `got ${formatValue(backend)} for the backend; pass a Backend`);
}

function validateFloatTensor(tensor: Tensor, what: string): void {
  if (isFloatDType(tensor.dtype)) return;
  throw new OctetError("ERR_DTYPE", `${what} is ${tensor.dtype ?? "quantized"}; use ${floatDTypesText}`);
}

function validateQuantizedTensor(tensor: QuantizedTensor | Tensor, what: string): void {
  if (isQuantizedTensor(tensor)) return;
  throw new OctetError(
    "ERR_DTYPE",
    `${what} is ${tensor.dtype}; pass what quantize or upload made of codes and scales`,
  );
}

function validateSupport(backend: Backend, spec: OpSpec): void {
  if (backend.supports(spec)) return;
  throw new OctetError(
    "ERR_UNSUPPORTED",
    `the ${backend.info.name} backend does not support ${formatValue(spec)}; ask supports() first`,
  );
}
