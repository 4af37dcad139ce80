import {
  bitRange,
  dequantizeOp,
  type FloatDType,
  type HostQuantizedTensor,
  type HostRowCodes,
  type HostTensor,
  hostTensor,
  linearOp,
  quantizeOp,
  quantizeRowsOp,
  scaleLayout,
  scaleShape,
  sizeOf,
  widen,
} from "@octet/core";
import { type CodeRange, isHostRowCodes, rowCodesLimit, rowCount } from "@octet/core/backend";
import type { Definitions } from "../definitions.ts";
import { type Arithmetic, contract, quantizeBy } from "./arithmetic.ts";

/** Makes everything that is exact run by other steps. The definitions come first, for their errors. */
export function defineBy(definitions: Definitions, changes: Partial<Arithmetic>): void {
  const steps = { ...contract, ...changes };
  definitions
    .replace(quantizeOp, (inputs, params, compute) => {
      compute(inputs, params);
      return quantize(steps, inputs.x, params);
    })
    .replace(quantizeRowsOp, (inputs, params, compute) => {
      compute(inputs, params);
      return quantizeRows(steps, inputs.x, params.activations);
    })
    .replace(dequantizeOp, ({ tensor }, { dtype }) => dequantize(steps, tensor, dtype))
    .replace(linearOp, (inputs, params, compute) => {
      const { x, weight, bias } = inputs as ExactInputs;
      const y = compute(inputs, params);
      if (params.activations === "float") return y;
      const codes = isHostRowCodes(x) ? x : quantizeRows(steps, x, params.activations);
      return multiply(steps, { codes, weight, bias }, y);
    });
}

interface ExactInputs {
  readonly x: HostTensor<FloatDType> | HostRowCodes;
  readonly weight: HostQuantizedTensor;
  readonly bias: HostTensor<FloatDType> | undefined;
}

function quantize(
  steps: Arithmetic,
  x: HostTensor<FloatDType>,
  { granularity, bits }: Pick<HostQuantizedTensor, "granularity" | "bits">,
): HostQuantizedTensor {
  const { lowest, highest } = bitRange(bits);
  const range = steps.range({ lowest, qmax: highest }, "weights");
  const { codes, scales } = quantizeBy(steps, widen(x), scaleLayout(granularity, x.shape), range);
  return {
    quantized: hostTensor("int8", x.shape, Int8Array.from(codes)),
    scale: hostTensor("float32", scaleShape(granularity, x.shape), scales),
    granularity,
    bits,
  };
}

function quantizeRows(
  steps: Arithmetic,
  x: HostTensor<FloatDType>,
  activations: HostRowCodes["activations"],
): HostRowCodes {
  const limit = rowCodesLimit[activations];
  const range: CodeRange = steps.range({ lowest: -limit, qmax: limit }, activations);
  const layout = { outer: 1, channels: rowCount(x.shape), inner: x.shape[x.shape.length - 1] };
  const { codes, scales } = quantizeBy({ ...steps, scaleIndex: (row) => row }, widen(x), layout, range);
  return {
    activations,
    codes:
      activations === "int8"
        ? hostTensor("int8", x.shape, Int8Array.from(codes))
        : hostTensor("int16", x.shape, Int16Array.from(codes)),
    scale: hostTensor("float32", x.shape.slice(0, -1), scales),
  };
}

function dequantize(
  steps: Arithmetic,
  { quantized, scale, granularity }: HostQuantizedTensor,
  dtype: FloatDType,
): HostTensor<FloatDType> {
  const { channels, inner } = scaleLayout(granularity, quantized.shape);
  const values = Float32Array.from(quantized.data, (code, index) => {
    const channel = Math.floor(index / inner) % channels;
    return steps.input(code * steps.input(scale.data[channel]));
  });
  return hostTensor(dtype, quantized.shape, steps.output(values, dtype));
}

interface Product extends Pick<ExactInputs, "weight" | "bias"> {
  readonly codes: HostRowCodes;
}

/** In the form of `y`. */
function multiply(
  steps: Arithmetic,
  { codes: { activations, codes, scale }, weight, bias }: Product,
  { dtype, shape }: HostTensor<FloatDType>,
): HostTensor<FloatDType> {
  const [n, k] = weight.quantized.shape;
  const m = n === 0 ? 0 : sizeOf(shape) / n;
  const addends = bias && widen(bias);
  const { channels } = scaleLayout(weight.granularity, [n, k]);
  const values = new Float32Array(m * n);
  for (let row = 0; row < m; row++) {
    for (let column = 0; column < n; column++) {
      let sum = 0;
      for (let i = 0; i < k; i++) {
        sum = steps.sum(sum + codes.data[row * k + i] * weight.quantized.data[column * k + i], activations);
      }
      const columnScale = steps.input(weight.scale.data[Math.min(column, channels - 1)]);
      const addend = addends && steps.input(addends[column]);
      const rowScale = steps.input(scale.data[row]);
      values[row * n + column] = steps.input(steps.epilogue(sum, rowScale, columnScale, addend));
    }
  }
  return hostTensor(dtype, shape, steps.output(values, dtype));
}
