/** The bits of all finite values of a half type, positive ones first: 63488 for float16, 65280 for bfloat16. */
export function finitePatterns(dtype: "float16" | "bfloat16"): number[] {
  const positive = dtype === "float16" ? 0x7c00 : 0x7f80;
  return Array.from({ length: 2 * positive }, (_, index) => (index < positive ? index : index - positive + 0x8000));
}
