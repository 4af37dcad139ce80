import { OctetError } from "../errors.ts";

/** The number of elements of a shape; 1 for `[]`. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

export function equalShapes(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((extent, axis) => extent === b[axis]);
}

/** `[2, 3]`, as error messages write a shape. */
export function formatShape(shape: readonly number[]): string {
  return `[${shape.join(", ")}]`;
}

/** Throws `ERR_SHAPE` unless every extent is a non-negative integer and the size is one too. */
export function validateShape(shape: readonly number[], what: string): void {
  if (!Array.isArray(shape)) {
    throw new OctetError("ERR_SHAPE", `${what} has the shape ${String(shape)}; pass an array of extents`);
  }
  const bad = shape.findIndex((extent) => !Number.isSafeInteger(extent) || extent < 0);
  if (bad >= 0 || !Number.isSafeInteger(sizeOf(shape))) {
    throw new OctetError("ERR_SHAPE", `${what} has the shape ${formatShape(shape)}; extents are integers of 0 or more`);
  }
}
