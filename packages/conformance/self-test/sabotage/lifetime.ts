import {
  type Backend,
  type FloatDType,
  type HostTensor,
  type LinearOptions,
  OctetError,
  type Tensor,
} from "@octet/core";
import { type AnyFunction, type AnyTensor, hostOf, opNames, patch, withFields } from "./patch.ts";
import type { Sabotage } from "./sabotage.ts";

/** Tensors and backends that do not end as they should, and errors that do not come when they should. */
export const lifetimeSabotages: readonly Sabotage[] = [
  { fault: "second-dispose-throws", apply: throwAtSecondDispose },
  { fault: "immortal-tensors", apply: keepTensorsAlive },
  { fault: "forgotten-dispose", apply: (backend) => changeOperands(backend, revive) },
  { fault: "foreign-accepted", apply: (backend) => changeOperands(backend, adopt) },
  { fault: "unchecked-arguments", apply: throwAtDownload },
  { fault: "silent-fallback", apply: denyAndRun },
  { fault: "nan-ignored", apply: ignoreNaN },
];

function throwAtSecondDispose(backend: Backend): void {
  for (const name of ["upload", ...opNames] as const) {
    patch(backend, name, (original) => (...parameters) => {
      const tensor = (original as AnyFunction)(...parameters) as AnyTensor;
      const dispose = () => {
        if (tensor.disposed) throw new Error("disposed already");
        tensor.dispose();
      };
      return withFields(tensor, { dispose });
    });
  }
}

function keepTensorsAlive(backend: Backend): void {
  let disposed = false;
  Object.defineProperty(backend, "disposed", { get: () => disposed });
  Object.defineProperty(backend, "dispose", {
    value: () => {
      disposed = true;
    },
  });
}

/** Replaces operands before every op and download; `replace` may put things back by what it returns. */
function changeOperands(
  backend: Backend,
  replace: (backend: Backend, operand: unknown) => { value: unknown; restore: () => void },
): void {
  for (const name of [...opNames, "download"] as const) {
    patch(backend, name, (original) => (...parameters) => {
      const changes = (parameters as unknown[]).map((operand, index) => {
        if (name === "linear" && index === 2)
          return replaceBias(backend, operand as LinearOptions | undefined, replace);
        return replace(backend, operand);
      });
      try {
        return (original as AnyFunction)(...changes.map(({ value }) => value));
      } finally {
        for (const { restore } of changes) restore();
      }
    });
  }
}

function replaceBias(
  backend: Backend,
  options: LinearOptions | undefined,
  replace: (backend: Backend, operand: unknown) => { value: unknown; restore: () => void },
): { value: unknown; restore: () => void } {
  const { value, restore } = replace(backend, options?.bias);
  return { value: options && { ...options, bias: value }, restore };
}

/** Gives a disposed tensor data for the time of a call. */
function revive(_backend: Backend, operand: unknown): { value: unknown; restore: () => void } {
  const tensor = operand as AnyTensor | undefined;
  if (!tensor?.disposed) return { value: operand, restore: () => undefined };
  const size = tensor.shape.reduce((product, extent) => product * extent, 1);
  const host =
    "granularity" in tensor
      ? {
          quantized: { dtype: "int8", shape: tensor.shape, data: new Int8Array(size) },
          scale: { dtype: "float32", shape: [tensor.shape[0]], data: new Float32Array(tensor.shape[0]).fill(1) },
          granularity: tensor.granularity,
          bits: tensor.bits,
        }
      : { dtype: tensor.dtype, shape: tensor.shape, data: new Float32Array(size) };
  return { value: withFields(tensor, { disposed: false, host }), restore: () => undefined };
}

/** Uploads a copy of another backend's tensor for the time of a call. */
function adopt(backend: Backend, operand: unknown): { value: unknown; restore: () => void } {
  const tensor = operand as AnyTensor | undefined;
  if (tensor?.backend === undefined || tensor.backend === backend || !("host" in tensor)) {
    return { value: operand, restore: () => undefined };
  }
  const copy = backend.upload(hostOf(tensor as Tensor));
  return { value: copy, restore: () => copy.dispose() };
}

function throwAtDownload(backend: Backend): void {
  const errors = new WeakMap<object, unknown>();
  for (const name of opNames) {
    patch(backend, name, (original) => (...parameters) => {
      try {
        return (original as AnyFunction)(...parameters);
      } catch (error) {
        const late = ["ERR_SHAPE", "ERR_DTYPE", "ERR_UNSUPPORTED", "ERR_OUT_OF_MEMORY"];
        if (!OctetError.isInstance(error) || !late.includes(error.code)) throw error;
        const result = backend.upload({ dtype: "float32", shape: [0], data: new Float32Array(0) });
        errors.set(result, error);
        return result;
      }
    });
  }
  patch(backend, "download", (original) => async (tensor: Tensor) => {
    if (errors.has(tensor)) throw errors.get(tensor);
    return original(tensor);
  });
}

/** Says that it does not quantize to 3 bits, and does. */
function denyAndRun(backend: Backend): void {
  const supports = backend.supports.bind(backend);
  let answer: Backend["supports"] = (spec) => supports(spec) && !(spec.op === "quantize" && spec.bits === 3);
  const denies = answer;
  Object.defineProperty(backend, "supports", {
    value: (...parameters: Parameters<Backend["supports"]>) => answer(...parameters),
  });
  patch(backend, "quantize", (original) => (...parameters: Parameters<Backend["quantize"]>) => {
    answer = supports;
    try {
      return original(...parameters);
    } finally {
      answer = denies;
    }
  });
}

function ignoreNaN(backend: Backend): void {
  const clean = (x: Tensor<FloatDType>): Tensor<FloatDType> => {
    const { dtype, shape, data } = hostOf(x as Tensor) as HostTensor<FloatDType>;
    const exponent = { float32: 0, float16: 0x7c00, bfloat16: 0x7f80 }[dtype];
    const finite = data.map((value) => {
      if (dtype === "float32") return Number.isFinite(value) ? value : 0;
      return (value & exponent) === exponent ? 0 : value;
    });
    return backend.upload({ dtype, shape, data: finite } as HostTensor<FloatDType>);
  };
  const withClean = (name: "quantize" | "linear") =>
    patch(backend, name, (original) => (x: Tensor<FloatDType>, second: never, options: never) => {
      const integers =
        name === "quantize" || ((options as LinearOptions | undefined)?.activations ?? "float") !== "float";
      if (!integers || x?.backend !== backend || x.disposed || !["float32", "float16", "bfloat16"].includes(x.dtype)) {
        return original(x, second, options);
      }
      const cleaned = clean(x);
      try {
        return original(cleaned, second, options);
      } finally {
        cleaned.dispose();
      }
    });
  withClean("quantize");
  withClean("linear");
}
