import {
  type FloatDType,
  floatDTypes,
  type HostQuantizedTensor,
  type HostTensor,
  linear,
  linearActivations,
  type QuantizedForm,
  type TensorForm,
} from "@octet/core";
import { linearGeometry } from "@octet/core/backend";
import { linearCall } from "../calls.ts";
import { checkSameTensor } from "../checks/compare.ts";
import { keepTensors } from "../checks/keep-tensors.ts";
import { checkLinearBound } from "../checks/linear-bound.ts";
import type { GoldenBody } from "./body.ts";
import type { GoldenFields } from "./fields.ts";
import { readQuantization, readScale } from "./granularity.ts";
import { checkGoldenShape, type GoldenTensors, goldenTensor, readHostTensor } from "./tensors.ts";

/** The weight of a case, float or quantized. */
interface GoldenWeight {
  readonly description: QuantizedForm | TensorForm<FloatDType>;
  read(): Promise<HostTensor<FloatDType> | HostQuantizedTensor>;
}

/** `x` times a float or quantized weight: bit for bit where there is `expected`, else within the bound around `expected64`. */
export function readLinearCase(fields: GoldenFields, file: GoldenTensors): GoldenBody {
  const dtype = fields.oneOf("dtype", floatDTypes);
  const activations = fields.oneOf("activations", linearActivations);
  const x = goldenTensor(fields, "x", [dtype], file);
  const { description, ...weight } = fields.has("weight") ? readFloatWeight(fields, file) : readCodes(fields, file);
  const bias = fields.optional("bias", (name) => goldenTensor(fields, name, floatDTypes, file));
  const { outputShape, k } = fields.attempt(() => linearGeometry(x, description, bias, { activations }));
  const checkResult = readExpectation(fields, file, { dtype, outputShape, k, bounded: activations === "float" });
  return {
    needs: [linearCall({ dtype, shape: x.shape }, description, bias, { activations })],
    run: ({ backend }) =>
      keepTensors(async (keep) => {
        const input = keep(backend.upload(await readHostTensor(x)));
        const hostWeight = await weight.read();
        const operand = keep("quantized" in hostWeight ? backend.upload(hostWeight) : backend.upload(hostWeight));
        const addend = bias && keep(backend.upload(await readHostTensor(bias)));
        const y = keep(linear(input, operand, { activations, bias: addend ?? null }));
        await checkResult(await backend.download(y));
      }),
  };
}

function readFloatWeight(fields: GoldenFields, file: GoldenTensors): GoldenWeight {
  const weight = goldenTensor(fields, "weight", floatDTypes, file);
  return { description: { shape: weight.shape, dtype: weight.dtype }, read: () => readHostTensor(weight) };
}

function readCodes(fields: GoldenFields, file: GoldenTensors): GoldenWeight {
  const quantized = goldenTensor(fields, "quantized", ["int8"], file);
  const { granularity, bits } = readQuantization(fields, quantized.shape);
  const scale = readScale(fields, granularity, quantized.shape, file);
  return {
    description: { shape: quantized.shape, granularity, bits },
    read: async () => ({
      quantized: await readHostTensor(quantized),
      scale: await readHostTensor(scale),
      granularity,
      bits,
    }),
  };
}

function readExpectation(
  fields: GoldenFields,
  file: GoldenTensors,
  wanted: { dtype: FloatDType; outputShape: readonly number[]; k: number; bounded: boolean },
): (y: HostTensor<FloatDType>) => Promise<void> {
  if (fields.has("expected") || !wanted.bounded) {
    const expected = goldenTensor(fields, "expected", [wanted.dtype], file);
    checkGoldenShape(fields, "expected", expected, wanted.outputShape);
    return async (y) => checkSameTensor(y, await readHostTensor(expected), "linear");
  }
  const expected64 = goldenTensor(fields, "expected64", ["float64"], file);
  const magnitude64 = goldenTensor(fields, "magnitude64", ["float64"], file);
  checkGoldenShape(fields, "expected64", expected64, wanted.outputShape);
  checkGoldenShape(fields, "magnitude64", magnitude64, wanted.outputShape);
  return async (y) => {
    const truth = { values: await expected64.read(), magnitudes: await magnitude64.read() };
    checkLinearBound(y, { dtype: wanted.dtype, shape: wanted.outputShape }, truth, wanted.k);
  };
}
