import { OctetError } from "../errors.ts";
import { formatValue } from "../format-value.ts";
import { type OptionKinds, validateOptions } from "../options.ts";
import { formatShape, sizeOf, sizeOfAxes, validateExtents } from "./shape.ts";

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

/** What `GranularityOptions` may hold. Numbers that do not fit a shape are `ERR_SHAPE`, and so is what is not a number. */
export const granularityKinds: OptionKinds<GranularityOptions> = { dim: "any", groupSize: "any" };

/** The granularity of `{ dim, groupSize }`. @throws OctetError `ERR_UNSUPPORTED` when both are given, or another name is */
export function granularityOf(options: GranularityOptions = {}): Granularity {
  validateOptions("granularityOf", options, granularityKinds);
  const { dim, groupSize } = options;
  if (dim != null && groupSize != null) {
    throw new OctetError(
      "ERR_UNSUPPORTED",
      `got dim ${formatValue(dim)} and groupSize ${formatValue(groupSize)}; pass one of them`,
    );
  }
  if (dim != null) return { kind: "channel", dim };
  if (groupSize != null) return { kind: "group", size: groupSize };
  return { kind: "tensor" };
}

/**
 * Checks the form of a granularity, whatever tensor it is for.
 * @throws OctetError `ERR_UNSUPPORTED` for another kind, or a field that this kind does not have
 */
export function validateGranularity(granularity: Granularity): void {
  if (!Object.hasOwn(fields, granularity?.kind)) {
    throw new OctetError(
      "ERR_UNSUPPORTED",
      `got the granularity ${formatValue(granularity)}; its kind is tensor, channel or group`,
    );
  }
  validateOptions(`the granularity "${granularity.kind}"`, granularity, fields[granularity.kind]);
}

const fields = {
  tensor: { kind: "string" },
  channel: { kind: "string", dim: "any" },
  group: { kind: "string", size: "any" },
} as const;

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
 * A frozen copy of the granularity with `dim` counted from the front, once it is known to fit `shape`.
 * @throws OctetError `ERR_SHAPE` when `dim` is not an axis of `shape`, or the group size does not divide the last axis;
 * `ERR_UNSUPPORTED` for another kind of granularity.
 */
export function normalizeGranularity(granularity: Granularity, shape: readonly number[]): Granularity {
  validateGranularity(granularity);
  validateExtents(shape, "the tensor");
  switch (granularity.kind) {
    case "tensor":
      return Object.freeze({ kind: "tensor" });
    case "channel": {
      const { dim } = granularity;
      if (!Number.isInteger(dim) || dim < -shape.length || dim >= shape.length) {
        const axes = shape.length === 0 ? "one scale, without dim" : `${-shape.length} to ${shape.length - 1}`;
        throw new OctetError(
          "ERR_SHAPE",
          `dim ${formatValue(dim)} is not an axis of ${formatShape(shape)}; use ${axes}`,
        );
      }
      return Object.freeze({ kind: "channel", dim: dim < 0 ? dim + shape.length : dim });
    }
    case "group": {
      const { size } = granularity;
      const last = shape.at(-1);
      if (!Number.isInteger(size) || size < 1) {
        throw new OctetError("ERR_SHAPE", `got group size ${formatValue(size)}; use a whole number above 0`);
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
      return Object.freeze({ kind: "group", size });
    }
  }
}

/** The layout of scales over `shape`. @throws OctetError as `normalizeGranularity` does */
export function scaleLayout(granularity: Granularity, shape: readonly number[]): ScaleLayout {
  return normalizedLayout(normalizeGranularity(granularity, shape), shape);
}

/** The same without its checks: for a granularity that has been normalized for this shape, as those of handles have. */
export function normalizedLayout(granularity: Granularity, shape: readonly number[]): ScaleLayout {
  switch (granularity.kind) {
    case "tensor":
      return { outer: 1, channels: 1, inner: sizeOf(shape) };
    case "channel": {
      const { dim } = granularity;
      const inner = sizeOfAxes(shape, dim + 1, shape.length);
      return { outer: sizeOfAxes(shape, 0, dim), channels: shape[dim], inner };
    }
    case "group":
      return { outer: 1, channels: sizeOf(shape) / granularity.size, inner: granularity.size };
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

/** @throws OctetError `ERR_UNSUPPORTED` for what is not a granularity */
export function equalGranularities(a: Granularity, b: Granularity): boolean {
  validateGranularity(a);
  validateGranularity(b);
  if (a.kind === "channel" && b.kind === "channel") return a.dim === b.dim;
  if (a.kind === "group" && b.kind === "group") return a.size === b.size;
  return a.kind === b.kind;
}
