import { OctetError } from "../errors.ts";
import { formatValue } from "../format-value.ts";
import { type RowCodesForm, type RowCodesKind, rowCodesDType } from "./forms.ts";
import { type HostTensor, normalizeHostTensor } from "./host-tensor.ts";
import { equalShapes, formatShape } from "./shape.ts";

/** Activations as codes on the host: `x[m, k] = codes[m, k] * scale[m]`, with x `[..., K]` seen as `[M, K]`. */
export interface HostRowCodes {
  readonly activations: RowCodesKind;
  /** `[..., K]`; int16 codes lie in -32639..32639, int8 codes in -127..127. */
  readonly codes: HostTensor<"int8" | "int16">;
  /** float32 `[...]`: finite and above 0. */
  readonly scale: HostTensor<"float32">;
}

/** The largest code of activations. int16 stops at 127 * 256 + 127, so that each code splits into two signed bytes. */
export const rowCodesLimit: Readonly<Record<RowCodesKind, number>> = { int16: 32639, int8: 127 };

export function isHostRowCodes(value: unknown): value is HostRowCodes {
  return typeof value === "object" && value !== null && "codes" in value;
}

/** The form of activations as codes. */
export function rowCodesForm({ activations, codes }: HostRowCodes): RowCodesForm {
  return { shape: codes.shape, activations };
}

/** Checks codes of activations that come from outside. @throws OctetError `ERR_FORMAT`, `ERR_SHAPE`, `ERR_DTYPE` */
export function validateHostRowCodes(host: HostRowCodes): HostRowCodes {
  const { activations } = host;
  const limit = Object.hasOwn(rowCodesLimit, activations) ? rowCodesLimit[activations] : undefined;
  if (limit === undefined) {
    throw new OctetError(
      "ERR_FORMAT",
      `codes of activations are of the kind ${formatValue(activations)}; use int16 or int8`,
    );
  }
  const codes = normalizeHostTensor(host.codes, "codes of activations");
  const scale = normalizeHostTensor(host.scale, "scales of activations");
  if (codes.dtype !== rowCodesDType(activations) || scale.dtype !== "float32") {
    throw new OctetError(
      "ERR_FORMAT",
      `codes of activations are ${codes.dtype} and scales ${scale.dtype}; ${activations} takes ${activations} and float32`,
    );
  }
  const rows = codes.shape.slice(0, -1);
  if (codes.shape.length === 0 || !equalShapes(scale.shape, rows)) {
    throw new OctetError(
      "ERR_FORMAT",
      `scales have the shape ${formatShape(scale.shape)}; codes of ${formatShape(codes.shape)} need one for each row: ${formatShape(rows)}`,
    );
  }
  const badScale = scale.data.findIndex((value) => !(value > 0 && value < Number.POSITIVE_INFINITY));
  if (badScale >= 0) {
    throw new OctetError("ERR_FORMAT", `scale ${badScale} is ${scale.data[badScale]}; scales are finite and above 0`);
  }
  const badCode = codes.data.findIndex((code: number) => Math.abs(code) > limit);
  if (badCode >= 0) {
    throw new OctetError(
      "ERR_FORMAT",
      `code ${badCode} is ${codes.data[badCode]}; ${activations} codes end at ${limit}`,
    );
  }
  return { activations, codes, scale };
}
