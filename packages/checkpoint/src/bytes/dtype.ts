import { type DType, type FloatDType, isFloatDType } from "@octet/core";

const hostDTypes: ReadonlyMap<string, DType> = new Map([
  ["F32", "float32"],
  ["F16", "float16"],
  ["BF16", "bfloat16"],
  ["I8", "int8"],
  ["I16", "int16"],
  ["U16", "uint16"],
  ["I32", "int32"],
]);

/** The dtype of a host tensor with these elements; undefined where there is none. */
export function hostDType(dtype: string): DType | undefined {
  return hostDTypes.get(dtype);
}

/** The dtype of what can be quantized; undefined for everything else. */
export function floatDType(dtype: string): FloatDType | undefined {
  const host = hostDTypes.get(dtype);
  return isFloatDType(host) ? host : undefined;
}

const longNames: readonly (readonly [RegExp, string])[] = [
  [/^BF/, "bfloat"],
  [/^F/, "float"],
  [/^I/, "int"],
  [/^U/, "uint"],
  [/^C/, "complex"],
];

/** The name people use: "bfloat16" for BF16, "int64" for I64, "bool" for BOOL. */
export function dtypeName(dtype: string): string {
  const [short, long] = longNames.find(([prefix]) => prefix.test(dtype)) ?? [/^/, ""];
  return dtype.replace(short, long).toLowerCase();
}
