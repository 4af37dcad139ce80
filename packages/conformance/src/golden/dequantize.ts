import { dequantize, floatDTypes } from "@octet/core";
import { dequantizeCall } from "../calls.ts";
import { checkSameTensor } from "../checks/compare.ts";
import { keepTensors } from "../checks/keep-tensors.ts";
import type { GoldenBody } from "./body.ts";
import type { GoldenFields } from "./fields.ts";
import { readQuantization, readScale } from "./granularity.ts";
import { checkGoldenShape, type GoldenTensors, goldenTensor, readHostTensor } from "./tensors.ts";

/** Codes times scales in `dtype`, bit for bit. */
export function readDequantizeCase(fields: GoldenFields, file: GoldenTensors): GoldenBody {
  const dtype = fields.oneOf("dtype", floatDTypes);
  const quantized = goldenTensor(fields, "quantized", ["int8"], file);
  const { granularity, bits } = readQuantization(fields, quantized.shape);
  const scale = readScale(fields, granularity, quantized.shape, file);
  const expected = goldenTensor(fields, "expected", [dtype], file);
  checkGoldenShape(fields, "expected", expected, quantized.shape);
  return {
    needs: [dequantizeCall({ shape: quantized.shape, granularity, bits }, dtype)],
    run: ({ backend }) =>
      keepTensors(async (keep) => {
        const host = {
          quantized: await readHostTensor(quantized),
          scale: await readHostTensor(scale),
          granularity,
          bits,
        };
        const result = keep(dequantize(keep(backend.upload(host)), { dtype }));
        checkSameTensor(await backend.download(result), await readHostTensor(expected), "dequantize");
      }),
  };
}
