import { OctetError } from "../errors.ts";
import { formatValue } from "../format-value.ts";
import { bitRange } from "../numerics/quantization-range.ts";
import { type Granularity, normalizeGranularity, scaleShape } from "./granularity.ts";
import { type HostTensor, normalizeHostTensor, type TensorLike } from "./host-tensor.ts";
import { equalShapes, formatShape } from "./shape.ts";

/** Codes and their scales on the host: what `quantizeSymmetric` and `download` return. `value = quantized * scale`. */
export interface HostQuantizedTensor extends QuantizedTensorLike {
  readonly quantized: HostTensor<"int8">;
  readonly scale: HostTensor<"float32">;
}

/** What functions and backends accept as codes and scales: like `HostQuantizedTensor`, and both may be plain objects. */
export interface QuantizedTensorLike {
  /** int8 codes, in the shape of the original tensor. */
  readonly quantized: TensorLike<"int8">;
  /** float32, finite and above 0; `[]` per tensor, `[shape[dim]]` per channel, `[...shape[:-1], shape[-1] / size]` per group. */
  readonly scale: TensorLike<"float32">;
  readonly granularity: Granularity;
  /** 2 to 8: codes lie in -2^(bits-1) .. 2^(bits-1) - 1. */
  readonly bits: number;
}

/** Tells the two kinds of host tensor apart, whatever it is given. */
export function isHostQuantizedTensor(value: unknown): value is QuantizedTensorLike {
  return typeof value === "object" && value !== null && "quantized" in value;
}

/**
 * Checks codes and scales that come from outside, a file for instance.
 * @throws OctetError `ERR_FORMAT` unless codes are int8 in the range of `bits`, and scales float32, finite, above 0, of the
 * granularity's shape; `ERR_SHAPE` when the granularity does not fit the codes' shape.
 */
export function validateHostQuantizedTensor(tensor: QuantizedTensorLike): HostQuantizedTensor {
  if (!isHostQuantizedTensor(tensor)) {
    throw new OctetError(
      "ERR_FORMAT",
      `got ${formatValue(tensor)}; pass an object of quantized, scale, granularity and bits`,
    );
  }
  const { quantized, scale, granularity, bits } = tensor;
  if (isHostQuantizedTensor(quantized)) {
    throw new OctetError(
      "ERR_FORMAT",
      "got a whole quantized tensor q in place of its codes; pass q.quantized and q.scale, with the dim or groupSize that made them (to dequantize all of q: dequantize(q, { dtype }))",
    );
  }
  if (quantized?.dtype !== "int8" || scale?.dtype !== "float32") {
    throw new OctetError(
      "ERR_FORMAT",
      `codes are ${formatValue(quantized?.dtype)} and scales ${formatValue(scale?.dtype)}; a quantized tensor holds int8 codes and float32 scales`,
    );
  }
  const { lowest, highest } = bitRange(bits);
  const codes = normalizeHostTensor(quantized, "codes");
  const scales = normalizeHostTensor(scale, "scales");
  const wanted = scaleShape(granularity, codes.shape);
  if (!equalShapes(scales.shape, wanted)) {
    throw new OctetError(
      "ERR_FORMAT",
      `scales have the shape ${formatShape(scales.shape)}; codes of ${formatShape(codes.shape)} in this granularity need ${formatShape(wanted)}: pass the dim or groupSize that made them`,
    );
  }
  const badScale = scales.data.findIndex((value) => !(value > 0 && value < Number.POSITIVE_INFINITY));
  if (badScale >= 0) {
    throw new OctetError(
      "ERR_FORMAT",
      `scale ${badScale} is ${scales.data[badScale]}; scales are finite and above 0, so the file is damaged or of another format`,
    );
  }
  const badCode = bits === 8 ? -1 : findOutside(codes.data, lowest, highest);
  if (badCode >= 0) {
    throw new OctetError(
      "ERR_FORMAT",
      `code ${badCode} is ${codes.data[badCode]}; with ${bits} bits codes lie in ${lowest}..${highest}`,
    );
  }
  return { quantized: codes, scale: scales, granularity: normalizeGranularity(granularity, codes.shape), bits };
}

/** The index of the first code outside `lowest` to `highest`, or -1. A callback for each code would take several times as long. */
function findOutside(codes: Int8Array, lowest: number, highest: number): number {
  for (let i = 0; i < codes.length; i++) if (codes[i] < lowest || codes[i] > highest) return i;
  return -1;
}
