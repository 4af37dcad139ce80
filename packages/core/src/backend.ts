/**
 * The contract between Octet and a device.
 *
 * A backend is a value that you pass; there is no registry. It is responsible for computing what the numeric contract says (the same
 * bytes as the reference for everything marked exact), for the memory of the tensors it makes, and for running its ops in call order.
 * It is not responsible for models, files, tokenizers or choosing itself: those live in packages above, which know only this page.
 *
 * Promises of every implementation, checked by the conformance suite:
 * - An op checks its arguments and throws at the call (with the shared functions of validation.ts, so every backend throws the same
 *   error), may run later, and runs in call order. It never consumes an input; the caller owns the result and disposes it.
 * - What only the data can tell (NaN, a lost device, memory that ran out) is thrown by the call, or rejects every later `download`
 *   that depends on the result and the next `sync`.
 * - `upload` has copied the host's data when it returns; `download` resolves to a fresh copy.
 * - Shapes and granularities are copies too, and frozen: nothing that a caller changes later changes a tensor.
 * - Disposing twice is harmless; using what is disposed is `ERR_DISPOSED`; a tensor of another backend is `ERR_FOREIGN_TENSOR`.
 * - `dispose` of a backend disposes its tensors.
 */
import type { ActivationKind } from "./activation.ts";
import type { DType, FloatDType } from "./dtype.ts";
import type { Granularity } from "./granularity.ts";
import type { HostQuantizedTensor, QuantizedTensorLike } from "./host-quantized-tensor.ts";
import type { HostTensor, TensorLike } from "./host-tensor.ts";
import type { LinearActivations } from "./linear-geometry.ts";

/** Data on a device. Made only by a backend, owned by whoever received it. */
export interface Tensor<D extends DType = DType> extends Disposable {
  readonly dtype: D;
  readonly shape: readonly number[];
  /** Bytes of the data, without padding that the device adds. */
  readonly byteLength: number;
  readonly backend: Backend;
  readonly disposed: boolean;
  /** Gives the memory back. Harmless the second time. */
  dispose(): void;
}

/** Codes and scales on a device. Opaque: a backend may pad, repack or keep both parts together. */
export interface QuantizedTensor extends Disposable {
  /** The shape of the codes, which is that of the tensor they stand for. */
  readonly shape: readonly number[];
  readonly granularity: Granularity;
  readonly bits: number;
  /** Bytes of codes and scales, without padding that the device adds. */
  readonly byteLength: number;
  readonly backend: Backend;
  readonly disposed: boolean;
  dispose(): void;
}

export interface BackendInfo {
  /** "reference", "wasm", "webgpu", "cuda", or the name of a third party's. */
  readonly name: string;
  /** What the ops run on, for people: "NVIDIA H200", "google/swiftshader". */
  readonly device: string;
  readonly apiVersion: 1;
  /** The largest tensor that can be uploaded or made, in bytes. */
  readonly maxTensorBytes: number;
  /** What was found and is used, for reports: "relaxed-simd", "threads=4". */
  readonly features: readonly string[];
}

/** An op with its parameters, the question that `supports` answers. */
export type OpSpec =
  | { readonly op: "quantize"; readonly dtype: FloatDType; readonly granularity: Granularity; readonly bits: number }
  | { readonly op: "dequantize"; readonly dtype: FloatDType; readonly granularity: Granularity; readonly bits: number }
  | {
      readonly op: "linear";
      /** Of x. */
      readonly dtype: FloatDType;
      readonly outputDType: FloatDType;
      readonly activations: LinearActivations;
      readonly weight: { readonly dtype: FloatDType } | { readonly granularity: Granularity; readonly bits: number };
      /** The dtype of the bias, where there is one. */
      readonly bias?: FloatDType;
    }
  | { readonly op: "activation"; readonly dtype: FloatDType; readonly kind: ActivationKind };

export interface QuantizeOptions {
  readonly granularity: Granularity;
  /** 2 to 8; default 8. */
  readonly bits?: number;
}

export interface LinearOptions {
  /** `[outFeatures]` */
  readonly bias?: Tensor<FloatDType> | null;
  /** Default "float". */
  readonly activations?: LinearActivations;
  /** Of the result; default: that of x. */
  readonly dtype?: FloatDType;
}

export interface MemoryUse {
  /** Live tensors, quantized ones counting once. */
  readonly tensors: number;
  /** The sum of their `byteLength`. */
  readonly bytes: number;
}

export interface Backend extends Disposable {
  readonly info: BackendInfo;
  readonly disposed: boolean;

  /**
   * Whether this op with these parameters runs natively here. What does not throws `ERR_UNSUPPORTED`; nothing falls back. Never true
   * for what the numeric contract leaves undefined (`isDefinedOp`). @throws OctetError `ERR_UNSUPPORTED` for what is not an OpSpec
   */
  supports(spec: OpSpec): boolean;

  /** Compiles ahead what these ops need, so that their first call does not wait for it. */
  prepare?(specs: readonly OpSpec[]): Promise<void>;

  /** Copies a tensor to the device, before it returns. @throws OctetError `ERR_FORMAT` for bad codes or scales, `ERR_OUT_OF_MEMORY` */
  upload<D extends DType>(host: TensorLike<D>): Tensor<D>;
  upload(host: QuantizedTensorLike): QuantizedTensor;

  /** A fresh copy of a tensor's data. Rejects with what went wrong in any op that the tensor depends on. */
  download<D extends DType>(tensor: Tensor<D>): Promise<HostTensor<D>>;
  download(tensor: QuantizedTensor): Promise<HostQuantizedTensor>;

  /** Symmetric absmax codes and scales of x. Exact. */
  quantize(x: Tensor<FloatDType>, options: QuantizeOptions): QuantizedTensor;

  /** `fl32(code * scale)` rounded once to `dtype` (default float16), in the codes' shape. Exact. */
  dequantize(tensor: QuantizedTensor, dtype?: FloatDType): Tensor<FloatDType>;

  /**
   * `y[m, n] = sum_k x[m, k] * w[n, k] + bias[n]`: x `[..., inFeatures]`, weight `[outFeatures, inFeatures]`, y `[..., outFeatures]`.
   * "float" activations: within the bound of the numeric contract. "int16" and "int8": exact.
   */
  linear(
    x: Tensor<FloatDType>,
    weight: QuantizedTensor | Tensor<FloatDType>,
    options?: LinearOptions,
  ): Tensor<FloatDType>;

  /** An element-wise function, so that a chain of layers stays on the device. The numeric contract does not cover its bits yet. */
  activation(x: Tensor<FloatDType>, kind: ActivationKind): Tensor<FloatDType>;

  /** Resolves when every op called so far has run; rejects with the first error that no `download` has reported. */
  sync(): Promise<void>;

  memory(): MemoryUse;

  /** Gives back everything the backend holds, its tensors included. Harmless the second time. */
  dispose(): void;
}

/** Starts a backend, or throws `ERR_UNAVAILABLE` with the reason. */
export type BackendFactory = () => Backend | Promise<Backend>;
