import { type FloatDType, floatDTypes, type HostQuantizedTensor, type HostTensor, quantize } from "@octet/core";
import { calculateQuantizationError } from "@octet/metrics";
import { quantizeCall } from "../calls.ts";
import { checkSameQuantized } from "../checks/compare.ts";
import { check } from "../checks/failure.ts";
import { keepTensors } from "../checks/keep-tensors.ts";
import type { GoldenBody } from "./body.ts";
import type { GoldenFields } from "./fields.ts";
import { readQuantization, readScale } from "./granularity.ts";
import { checkGoldenShape, type GoldenTensors, goldenTensor, readHostTensor } from "./tensors.ts";

/** The four figures of a quantization error that a case may give. */
interface GoldenError {
  readonly maxAbsError: number;
  readonly meanAbsError: number;
  readonly relativeErrorPct: number;
  /** Infinite where the manifest has null, since JSON has no infinity. */
  readonly snrDb: number;
}

/** Codes and scales of `x`, bit for bit, and what `error` says they cost. */
export function readQuantizeCase(fields: GoldenFields, file: GoldenTensors): GoldenBody {
  const dtype = fields.oneOf("dtype", floatDTypes);
  const x = goldenTensor(fields, "x", [dtype], file);
  const { granularity, bits } = readQuantization(fields, x.shape);
  const quantized = goldenTensor(fields, "quantized", ["int8"], file);
  checkGoldenShape(fields, "quantized", quantized, x.shape);
  const scale = readScale(fields, granularity, x.shape, file);
  const error = fields.optional("error", (name) => readError(fields.object(name)));
  return {
    needs: [quantizeCall(dtype, x.shape, granularity, bits)],
    run: ({ backend }) =>
      keepTensors(async (keep) => {
        const host = await readHostTensor(x);
        const result = keep(quantize(keep(backend.upload(host)), { granularity, bits }));
        const got = await backend.download(result);
        const [wantedQuantized, wantedScale] = [await readHostTensor(quantized), await readHostTensor(scale)];
        checkSameQuantized(got, { quantized: wantedQuantized, scale: wantedScale, granularity, bits }, "quantize");
        if (error !== undefined) checkError(host, got, error);
      }),
  };
}

function readError(fields: GoldenFields): GoldenError {
  const error = {
    maxAbsError: fields.magnitude("maxAbsError"),
    meanAbsError: fields.magnitude("meanAbsError"),
    relativeErrorPct: fields.magnitude("relativeErrorPct"),
    snrDb: fields.nullable("snrDb", (name) => fields.number(name)) ?? Number.POSITIVE_INFINITY,
  };
  fields.end();
  return error;
}

/** The figures are compared to 1e-9 of their size: float64 sums in another order differ by far less. */
function checkError(
  x: HostTensor<FloatDType>,
  { quantized, scale, granularity }: HostQuantizedTensor,
  wanted: GoldenError,
): void {
  const got = calculateQuantizationError(x, quantized, scale, {
    ...(granularity.kind === "channel" && { dim: granularity.dim }),
    ...(granularity.kind === "group" && { groupSize: granularity.size }),
  });
  for (const figure of ["maxAbsError", "meanAbsError", "relativeErrorPct", "snrDb"] as const) {
    check(
      isClose(got[figure], wanted[figure]),
      `error figure ${figure}: got ${got[figure]}, wanted ${wanted[figure]} to 1e-9 of its size`,
    );
  }
}

/** An infinity is close to itself alone. */
function isClose(got: number, wanted: number): boolean {
  return got === wanted || (Number.isFinite(wanted) && Math.abs(got - wanted) <= 1e-9 * Math.abs(wanted));
}
