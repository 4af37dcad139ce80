import type { FloatDType } from "@octet/core";

/** The numbers that stand for dtypes in records; assembly/dtype.ts. 3 stands for int8 codes where weights may be either. */
export const dtypeCode: Readonly<Record<FloatDType, number>> = { float32: 0, float16: 1, bfloat16: 2 };
export const codesCode = 3;
