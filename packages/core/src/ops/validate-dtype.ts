import { OctetError } from "../errors.ts";
import { type FloatDType, isFloatDType } from "../tensors/dtype.ts";

/** @throws OctetError `ERR_DTYPE` unless `dtype` is that of floats. `what` names its owner in the message. */
export function validateFloatDType(dtype: unknown, what: string): asserts dtype is FloatDType {
  if (isFloatDType(dtype)) return;
  throw new OctetError("ERR_DTYPE", `${what} is ${String(dtype ?? "quantized")}; use float32, float16 or bfloat16`);
}
