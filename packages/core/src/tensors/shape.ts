import { OctetError } from "../errors.ts";
import { formatValue } from "../format-value.ts";

/** The number of elements of a shape; 1 for `[]`. @throws OctetError `ERR_SHAPE` for what is not an array of numbers */
export function sizeOf(shape: readonly number[]): number {
  return sizeOfAxes(shape, 0, shape?.length);
}

/** The product of the extents of the axes from `begin` up to `end`. @throws OctetError as `sizeOf` does */
export function sizeOfAxes(shape: readonly number[], begin: number, end: number): number {
  validateNumbers(shape, "the tensor");
  let size = 1;
  for (let axis = begin; axis < end; axis++) size *= shape[axis];
  return size;
}

/** @throws OctetError `ERR_SHAPE` for what is not an array of numbers */
export function equalShapes(a: readonly number[], b: readonly number[]): boolean {
  validateNumbers(a, "the first tensor");
  validateNumbers(b, "the second tensor");
  return a.length === b.length && a.every((extent, axis) => extent === b[axis]);
}

/** `[2, 3]`, as error messages write a shape; what is not a shape is shown as it is. */
export function formatShape(shape: readonly number[]): string {
  return Array.isArray(shape) ? `[${Array.from(shape, formatValue).join(", ")}]` : formatValue(shape);
}

/**
 * A copy of `shape` that never changes, whatever happens to the array that it came from. `what` names the tensor in messages.
 * @throws OctetError `ERR_SHAPE` unless every extent is a non-negative integer and the size is one too
 */
export function validateShape(shape: readonly number[], what: string): readonly number[] {
  const copy = Array.isArray(shape) ? Object.freeze([...shape]) : shape;
  validateExtents(copy, what);
  return copy;
}

/** The part of `validateShape` that makes no copy. @throws OctetError `ERR_SHAPE` */
export function validateExtents(shape: readonly number[], what: string): void {
  validateNumbers(shape, what);
  if (shape.every(isExtent) && isExtent(sizeOf(shape))) return;
  throw new OctetError("ERR_SHAPE", `${what} has the shape ${formatShape(shape)}; extents are integers of 0 or more`);
}

function isExtent(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function validateNumbers(shape: readonly number[], what: string): void {
  if (isArrayOfNumbers(shape)) return;
  throw new OctetError("ERR_SHAPE", `${what} has the shape ${formatShape(shape)}; pass an array of extents`);
}

/** Without callbacks: every op looks at a few shapes. */
function isArrayOfNumbers(value: unknown): boolean {
  if (!Array.isArray(value)) return false;
  for (let index = 0; index < value.length; index++) if (typeof value[index] !== "number") return false;
  return true;
}
