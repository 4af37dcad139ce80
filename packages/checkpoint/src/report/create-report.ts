import type { Granularity } from "@octet/core";
import type { ErrorAccumulator, QuantizationError } from "@octet/metrics";
import type { CheckpointFormat } from "../options.ts";
import type { KeptTensor, LayerReport, QuantizationReport } from "./report.ts";

/** A layer of which everything is known but what it lost. */
export interface DescribedLayer extends Pick<LayerReport, "name" | "dtype" | "shape" | "bytesBefore" | "bytesAfter"> {
  readonly granularity: Granularity;
  readonly bits: number;
}

export interface ReportParts {
  readonly format: CheckpointFormat;
  readonly granularity: Granularity | null;
  readonly bits: number | null;
  readonly layers: readonly DescribedLayer[];
  /** By the layer's name. */
  readonly errors: ReadonlyMap<string, ErrorAccumulator>;
  readonly kept: readonly KeptTensor[];
  readonly warnings: readonly string[];
}

export function createReport(parts: ReportParts): QuantizationReport {
  const { format, granularity, bits, kept, warnings } = parts;
  const layers = parts.layers.map((layer) => describeLayer(layer, parts.errors.get(layer.name)!));
  const errors = parts.layers.map(({ name }) => parts.errors.get(name)!);
  const keptBytes = sum(kept, ({ bytes }) => bytes);
  const bytesBefore = sum(layers, (layer) => layer.bytesBefore);
  const bytesAfter = sum(layers, (layer) => layer.bytesAfter);
  const totals = {
    layers: layers.length,
    bytesBefore,
    bytesAfter,
    checkpointBytesBefore: bytesBefore + keptBytes,
    checkpointBytesAfter: bytesAfter + keptBytes,
    ...combineErrors(errors),
  };
  return { format, granularity, bits, layers, kept, totals, warnings };
}

function describeLayer(layer: DescribedLayer, error: ErrorAccumulator): LayerReport {
  const { name, dtype, shape, granularity, bits, bytesBefore, bytesAfter } = layer;
  return { name, dtype, shape, granularity, bits, ...error.result(), bytesBefore, bytesAfter };
}

/** Maxima are the largest of the layers'; the mean and the SNR are those of all elements together. */
function combineErrors(errors: readonly ErrorAccumulator[]): QuantizationError {
  const results = errors.map((error) => error.result());
  const totals = errors.map((error) => error.totals());
  const count = sum(totals, (total) => total.count);
  const noise = sum(totals, (total) => total.noise);
  const signal = sum(totals, (total) => total.signal);
  return {
    maxAbsError: largest(results, ({ maxAbsError }) => maxAbsError),
    meanAbsError: count === 0 ? 0 : sum(totals, ({ absolute }) => absolute) / count,
    relativeErrorPct: largest(results, ({ relativeErrorPct }) => relativeErrorPct),
    snrDb: noise === 0 ? Number.POSITIVE_INFINITY : 10 * Math.log10(signal / noise),
  };
}

function sum<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}

function largest<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((most, item) => Math.max(most, value(item)), 0);
}
