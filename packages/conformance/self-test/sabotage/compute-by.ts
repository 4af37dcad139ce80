import {
  activationRange,
  type Backend,
  bitRange,
  type FloatDType,
  type HostQuantizedTensor,
  type HostTensor,
  type LinearOptions,
  type QuantizedTensor,
  scaleLayout,
  type Tensor,
  widen,
} from "@octet/core";
import { type Arithmetic, contract, quantizeBy } from "./arithmetic.ts";
import { hostOf, patch } from "./patch.ts";

/**
 * Makes a reference backend compute everything that is exact by other steps. Its own checks and results come first, so that errors and
 * forms stay right; then the data of the result is written over.
 */
export function computeBy(backend: Backend, changes: Partial<Arithmetic>): void {
  const steps = { ...contract, ...changes };
  patch(backend, "quantize", (original) => (...parameters: Parameters<Backend["quantize"]>) => {
    const result = original(...parameters);
    overwriteCodes(steps, hostOf(parameters[0] as Tensor) as HostTensor<FloatDType>, hostOf(result));
    return result;
  });
  patch(backend, "dequantize", (original) => (...parameters: Parameters<Backend["dequantize"]>) => {
    const result = original(...parameters);
    overwriteFloats(steps, hostOf(parameters[0]), hostOf(result as Tensor) as HostTensor<FloatDType>);
    return result;
  });
  patch(backend, "linear", (original) => (...parameters: Parameters<Backend["linear"]>) => {
    const result = original(...parameters);
    const [x, weight, options = {}] = parameters;
    const mode = options.activations ?? "float";
    if (mode !== "float") {
      const operands = {
        x: hostOf(x as Tensor) as HostTensor<FloatDType>,
        weight: hostOf(weight as QuantizedTensor),
        bias: biasOf(options),
      };
      overwriteProducts(steps, mode, operands, hostOf(result as Tensor) as HostTensor<FloatDType>);
    }
    return result;
  });
}

function biasOf({ bias }: LinearOptions): Float32Array | undefined {
  return bias ? widen(hostOf(bias as Tensor) as HostTensor<FloatDType>) : undefined;
}

function overwriteCodes(
  steps: Arithmetic,
  x: HostTensor<FloatDType>,
  { quantized, scale, granularity, bits }: HostQuantizedTensor,
): void {
  const { lowest, highest } = bitRange(bits);
  const range = steps.range({ lowest, qmax: highest }, "weights");
  const { codes, scales } = quantizeBy(steps, widen(x), scaleLayout(granularity, x.shape), range);
  quantized.data.set(codes);
  scale.data.set(scales);
}

function overwriteFloats(
  steps: Arithmetic,
  { quantized, scale, granularity }: HostQuantizedTensor,
  y: HostTensor<FloatDType>,
): void {
  const { channels, inner } = scaleLayout(granularity, quantized.shape);
  const values = Float32Array.from(quantized.data, (code, index) => {
    const channel = Math.floor(index / inner) % channels;
    return steps.input(code * steps.input(scale.data[channel]));
  });
  y.data.set(steps.output(values, y.dtype) as never);
}

interface Operands {
  readonly x: HostTensor<FloatDType>;
  readonly weight: HostQuantizedTensor;
  readonly bias: Float32Array | undefined;
}

function overwriteProducts(
  steps: Arithmetic,
  mode: "int16" | "int8",
  { x, weight, bias }: Operands,
  y: HostTensor<FloatDType>,
): void {
  const [n, k] = weight.quantized.shape;
  const m = n === 0 ? 0 : y.data.length / n;
  const range = steps.range(activationRange[mode], mode);
  const { codes, scales } = quantizeBy(
    { ...steps, scaleIndex: (row) => row },
    widen(x),
    { outer: 1, channels: m, inner: k },
    range,
  );
  const { channels } = scaleLayout(weight.granularity, [n, k]);
  const values = new Float32Array(m * n);
  for (let row = 0; row < m; row++) {
    for (let column = 0; column < n; column++) {
      let sum = 0;
      for (let i = 0; i < k; i++)
        sum = steps.sum(sum + codes[row * k + i] * weight.quantized.data[column * k + i], mode);
      const columnScale = steps.input(weight.scale.data[Math.min(column, channels - 1)]);
      const addend = bias && steps.input(bias[column]);
      values[row * n + column] = steps.input(steps.epilogue(sum, scales[row], columnScale, addend));
    }
  }
  y.data.set(steps.output(values, y.dtype) as never);
}
