import {
  type ActivationKind,
  type Backend,
  type FloatDType,
  type HostTensor,
  type LinearOptions,
  narrowFloat64,
  type QuantizedTensor,
  type QuantizeOptions,
  scaleLayout,
  type Tensor,
  widen,
} from "@octet/core";
import { type AnyTensor, afterEveryOp, hostOf, patch } from "./patch.ts";
import type { Sabotage } from "./sabotage.ts";

/** Wrong results beside wrong steps: other axes, other dtypes, missing parts. */
export const resultSabotages: readonly Sabotage[] = [
  { fault: "reduced-dim", apply: reduceDim },
  { fault: "dropped-tail", apply: (backend) => afterEveryOp(backend, dropTail) },
  { fault: "dequantize-rounds-once", apply: roundOnce },
  { fault: "ignored-output-dtype", apply: ignoreOutputDType },
  { fault: "ignored-bias", apply: ignoreBias },
  { fault: "tanh-gelu", apply: approximateGelu },
];

function reduceDim(backend: Backend): void {
  patch(backend, "quantize", (original) => (x: Tensor<FloatDType>, options: QuantizeOptions) => {
    const { granularity } = options;
    const rank = x?.shape?.length ?? 0;
    if (granularity?.kind !== "channel" || rank < 2) return original(x, options);
    if (!Number.isInteger(granularity.dim) || granularity.dim < -rank || granularity.dim >= rank)
      return original(x, options);
    const dim = (granularity.dim + rank + 1) % rank;
    return original(x, { ...options, granularity: { kind: "channel", dim } });
  });
}

function dropTail(result: AnyTensor): void {
  const last = result.shape.at(-1) ?? 1;
  const host = hostOf(result);
  const data = "quantized" in host ? host.quantized.data : host.data;
  const untouched = "quantized" in host ? -128 : data instanceof Float32Array ? Number.NaN : 0xffff;
  for (let index = 0; index < data.length; index++) {
    if (index % last >= last - (last % 4)) data[index] = untouched;
  }
}

function roundOnce(backend: Backend): void {
  patch(backend, "dequantize", (original) => (tensor: QuantizedTensor, dtype?: FloatDType) => {
    const result = original(tensor, dtype);
    const { quantized, scale, granularity } = hostOf(tensor);
    const { channels, inner } = scaleLayout(granularity, quantized.shape);
    const products = Float64Array.from(
      quantized.data,
      (code, index) => code * scale.data[Math.floor(index / inner) % channels],
    );
    const y = hostOf(result as Tensor) as HostTensor<FloatDType>;
    y.data.set(narrowFloat64(products, y.dtype) as never);
    return result;
  });
}

function ignoreOutputDType(backend: Backend): void {
  patch(backend, "dequantize", (original) => (tensor: QuantizedTensor, dtype?: FloatDType) => {
    original(tensor, dtype).dispose(); // for its errors
    return original(tensor, "float32");
  });
  patch(backend, "linear", (original) => (x: never, weight: never, options: LinearOptions = {}) => {
    original(x, weight, options).dispose();
    return original(x, weight, { ...options, dtype: "float32" });
  });
  widenActivations(backend);
}

function widenActivations(backend: Backend): void {
  patch(backend, "activation", (original) => (x: Tensor<FloatDType>, kind: ActivationKind) => {
    using result = original(x, kind);
    const host = hostOf(result as Tensor) as HostTensor<FloatDType>;
    return backend.upload({ dtype: "float32", shape: host.shape, data: widen(host) });
  });
}

function ignoreBias(backend: Backend): void {
  patch(backend, "linear", (original) => (x: never, weight: never, options: LinearOptions = {}) => {
    original(x, weight, options).dispose(); // for its errors
    return original(x, weight, { ...options, bias: null });
  });
}

function approximateGelu(backend: Backend): void {
  patch(backend, "activation", (original) => (x: Tensor<FloatDType>, kind: ActivationKind) => {
    const result = original(x, kind);
    if (kind !== "gelu") return result;
    const y = hostOf(result as Tensor) as HostTensor<FloatDType>;
    const values = Float64Array.from(widen(hostOf(x as Tensor) as HostTensor<FloatDType>), (value) => {
      return 0.5 * value * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (value + 0.044715 * value ** 3)));
    });
    y.data.set(narrowFloat64(values, y.dtype) as never);
    return result;
  });
}
