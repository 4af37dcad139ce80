import { OctetError } from "../errors.ts";
import { formatShape, sizeOf } from "./shape.ts";

/**
 * Which elements share a scale. `tensor`: all. `channel`: those with the same index on axis `dim`, the axis that **keeps** its own
 * scales (negative counts from the end; 0 for per-output-channel weights). `group`: each run of `size` along the last axis.
 */
export type Granularity =
  | { readonly kind: "tensor" }
  | { readonly kind: "channel"; readonly dim: number }
  | { readonly kind: "group"; readonly size: number };

/** How people name a granularity in the functions of core: `dim` for channels, `groupSize` for groups, neither for one scale. */
export interface GranularityOptions {
  readonly dim?: number | null | undefined;
  readonly groupSize?: number | null | undefined;
}

/** The granularity of `{ dim, groupSize }`. @throws OctetError `ERR_UNSUPPORTED` when both are given. */
export function granularityOf({ dim, groupSize }: GranularityOptions): Granularity {
  if (dim != null && groupSize != null) {
    throw new OctetError("ERR_UNSUPPORTED", `got dim ${dim} and groupSize ${groupSize}; pass one of them`);
  }
  if (dim != null) return { kind: "channel", dim };
  if (groupSize != null) return { kind: "group", size: groupSize };
  return { kind: "tensor" };
}

/**
 * The one memory pattern behind every granularity: element `(o * channels + c) * inner + i` of a row-major tensor uses scale `c`, for
 * `o < outer`, `c < channels`, `i < inner`.
 */
export interface ScaleLayout {
  readonly outer: number;
  readonly channels: number;
  readonly inner: number;
}

/**
 * The granularity with `dim` counted from the front, once it is known to fit `shape`.
 * @throws OctetError `ERR_SHAPE` when `dim` is not an axis of `shape`, or the group size does not divide the last axis.
 */
export function normalizeGranularity(granularity: Granularity, shape: readonly number[]): Granularity {
  switch (granularity?.kind) {
    case "tensor":
      return { kind: "tensor" };
    case "channel": {
      const { dim } = granularity;
      if (!Number.isInteger(dim) || dim < -shape.length || dim >= shape.length) {
        const axes = shape.length === 0 ? "one scale, without dim" : `${-shape.length} to ${shape.length - 1}`;
        throw new OctetError("ERR_SHAPE", `dim ${String(dim)} is not an axis of ${formatShape(shape)}; use ${axes}`);
      }
      return { kind: "channel", dim: dim < 0 ? dim + shape.length : dim };
    }
    case "group": {
      const { size } = granularity;
      const last = shape.at(-1);
      if (!Number.isInteger(size) || size < 1) {
        throw new OctetError("ERR_SHAPE", `got group size ${String(size)}; use a whole number above 0`);
      }
      if (last === undefined) {
        throw new OctetError(
          "ERR_SHAPE",
          `the shape [] has no axis for groups of ${size}; use one scale, without groupSize`,
        );
      }
      if (last % size !== 0) {
        throw new OctetError(
          "ERR_SHAPE",
          `group size ${size} does not divide the last axis of ${formatShape(shape)}; choose a divisor of ${last}`,
        );
      }
      return { kind: "group", size };
    }
    default:
      throw new OctetError(
        "ERR_UNSUPPORTED",
        `got granularity ${JSON.stringify(granularity)}; its kind is tensor, channel or group`,
      );
  }
}

/** The layout of scales over `shape`. @throws OctetError as `normalizeGranularity` does */
export function scaleLayout(granularity: Granularity, shape: readonly number[]): ScaleLayout {
  const normalized = normalizeGranularity(granularity, shape);
  const size = sizeOf(shape);
  switch (normalized.kind) {
    case "tensor":
      return { outer: 1, channels: 1, inner: size };
    case "channel":
      return {
        outer: sizeOf(shape.slice(0, normalized.dim)),
        channels: shape[normalized.dim],
        inner: sizeOf(shape.slice(normalized.dim + 1)),
      };
    case "group":
      return { outer: 1, channels: size / normalized.size, inner: normalized.size };
  }
}

/** The shape of the scales of a tensor of `shape`. @throws OctetError as `normalizeGranularity` does */
export function scaleShape(granularity: Granularity, shape: readonly number[]): number[] {
  const normalized = normalizeGranularity(granularity, shape);
  switch (normalized.kind) {
    case "tensor":
      return [];
    case "channel":
      return [shape[normalized.dim]];
    case "group":
      return [...shape.slice(0, -1), shape[shape.length - 1] / normalized.size];
  }
}

export function equalGranularities(a: Granularity, b: Granularity): boolean {
  if (a.kind === "channel" && b.kind === "channel") return a.dim === b.dim;
  if (a.kind === "group" && b.kind === "group") return a.size === b.size;
  return a.kind === b.kind;
}
