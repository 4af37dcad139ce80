import {
  activationOp,
  dequantizeOp,
  type FloatDType,
  type HostTensor,
  hostTensor,
  linearOp,
  narrowFloat64,
  type Op,
  type QuantizeOptions,
  quantizeOp,
  quantizeRowsOp,
  scaleLayout,
  type Tensor,
  widen,
} from "@octet/core";
import type { Definitions } from "../definitions.ts";
import { HostBackend } from "../host-backend.ts";
import { hostOf } from "./handles.ts";
import type { Sabotage } from "./sabotage.ts";

/** Takes another axis for the one that keeps its scales. */
class ReducingBackend extends HostBackend {
  override run<Inputs extends object, Params extends object, Result>(
    op: Op<Inputs, Params, Result>,
    inputs: NoInfer<Inputs>,
    params: NoInfer<Params>,
  ): Result {
    if ((op as unknown) !== quantizeOp) return super.run(op, inputs, params);
    const { x } = inputs as unknown as { readonly x: Tensor | undefined };
    const { granularity } = params as unknown as QuantizeOptions;
    const rank = x?.shape?.length ?? 0;
    if (granularity?.kind !== "channel" || rank < 2) return super.run(op, inputs, params);
    const { dim } = granularity;
    if (!Number.isInteger(dim) || dim < -rank || dim >= rank) return super.run(op, inputs, params);
    return super.run(op, inputs, { ...params, granularity: { kind: "channel", dim: (dim + rank + 1) % rank } });
  }
}

/** Gives float32 whatever was asked for. */
class WideningBackend extends HostBackend {
  override run<Inputs extends object, Params extends object, Result>(
    op: Op<Inputs, Params, Result>,
    inputs: NoInfer<Inputs>,
    params: NoInfer<Params>,
  ): Result {
    const result = super.run(op, inputs, params);
    if (this.recording || !([dequantizeOp, linearOp, activationOp] as unknown[]).includes(op)) return result;
    using narrow = result as Tensor<FloatDType>; // its errors have been thrown
    if (narrow.dtype === "float32") return super.run(op, inputs, params);
    if ((op as unknown) === activationOp) {
      const host = hostOf(narrow) as HostTensor<FloatDType>;
      return this.upload({ dtype: "float32", shape: host.shape, data: widen(host) }) as Result;
    }
    return super.run(op, inputs, { ...params, dtype: "float32" });
  }
}

/** Wrong results beside wrong steps: other axes, other dtypes, missing parts. */
export const resultSabotages: readonly Sabotage[] = [
  { fault: "reduced-dim", Backend: ReducingBackend },
  { fault: "dropped-tail", define: dropTails },
  { fault: "dequantize-rounds-once", define: roundOnce },
  { fault: "ignored-output-dtype", Backend: WideningBackend },
  {
    fault: "ignored-bias",
    define: (definitions) =>
      definitions.replace(linearOp, ({ x, weight }, params, compute) => compute({ x, weight }, params)),
  },
  { fault: "tanh-gelu", define: approximateGelu },
];

function dropTails(definitions: Definitions): void {
  definitions
    .replace(quantizeOp, (inputs, params, compute) => {
      const result = compute(inputs, params);
      dropTail(result.quantized, -128);
      return result;
    })
    .replace(quantizeRowsOp, (inputs, params, compute) => {
      const result = compute(inputs, params);
      dropTail(result.codes, -128);
      return result;
    });
  for (const op of [dequantizeOp, linearOp, activationOp] as unknown[] as Op<object, object, Tensor<FloatDType>>[]) {
    definitions.replace(op, (inputs, params, compute) => {
      const result = compute(inputs, params);
      dropTail(result, result.dtype === "float32" ? Number.NaN : 0xffff);
      return result;
    });
  }
}

function dropTail({ shape, data }: HostTensor, untouched: number): void {
  const last = shape.at(-1) ?? 1;
  for (let index = 0; index < data.length; index++) {
    if (index % last >= last - (last % 4)) data[index] = untouched;
  }
}

function roundOnce(definitions: Definitions): void {
  definitions.replace(dequantizeOp, ({ tensor: { quantized, scale, granularity } }, { dtype }) => {
    const { channels, inner } = scaleLayout(granularity, quantized.shape);
    const products = Float64Array.from(
      quantized.data,
      (code, index) => code * scale.data[Math.floor(index / inner) % channels],
    );
    return hostTensor(dtype, quantized.shape, narrowFloat64(products, dtype));
  });
}

function approximateGelu(definitions: Definitions): void {
  definitions.replace(activationOp, (inputs, params, compute) => {
    if (params.kind !== "gelu") return compute(inputs, params);
    const { x } = inputs;
    const values = Float64Array.from(x.values(), (value) => {
      return 0.5 * value * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (value + 0.044715 * value ** 3)));
    });
    return hostTensor(x.dtype, x.shape, narrowFloat64(values, x.dtype));
  });
}
