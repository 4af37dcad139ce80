import type { Granularity } from "@octet/core";

/** `tensor`, `dim1` or `group8`, as ids spell a granularity. */
export function nameGranularity(granularity: Granularity): string {
  if (granularity.kind === "channel") return `dim${granularity.dim}`;
  return granularity.kind === "group" ? `group${granularity.size}` : "tensor";
}

/** `5x130`, or `scalar`, as ids spell a shape. */
export function nameShape(shape: readonly number[]): string {
  return shape.join("x") || "scalar";
}
