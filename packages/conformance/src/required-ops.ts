import { isDefinedOp, type OpSpec } from "@octet/core";

/**
 * The ops that every backend supports: quantize weights per output channel, dequantize them, and multiply float32 activations by them,
 * which is what a model of quantized layers cannot do without. A case that needs only these may not be "unsupported": it fails.
 */
export const requiredOps: readonly OpSpec[] = [
  { op: "quantize", dtype: "float32", granularity: { kind: "channel", dim: 0 }, bits: 8 },
  { op: "dequantize", dtype: "float32", granularity: { kind: "channel", dim: 0 }, bits: 8 },
  linear(undefined),
  linear("float32"),
];

function linear(bias: "float32" | undefined): OpSpec {
  return {
    op: "linear",
    dtype: "float32",
    outputDType: "float32",
    activations: "float",
    weight: { granularity: { kind: "channel", dim: 0 }, bits: 8 },
    ...(bias && { bias }),
  };
}

/** Whether `spec` is one of `requiredOps`. @throws OctetError `ERR_UNSUPPORTED` for what is not an op with its fields */
export function isRequiredOp(spec: OpSpec): boolean {
  if (!isDefinedOp(spec)) return false;
  const key = canonical(spec);
  return requiredOps.some((required) => canonical(required) === key);
}

/** JSON with sorted keys: equal for specs that differ only in the order of their properties. */
function canonical(spec: OpSpec): string {
  return JSON.stringify(spec, (_key, value) =>
    typeof value === "object" && value !== null ? Object.fromEntries(Object.entries(value).sort()) : value,
  );
}
