import type { Granularity } from "@octet/core";
import { type LayerError, snrDb } from "./error-meter.ts";
import type { CheckpointFormat } from "./options.ts";
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
  readonly errors: ReadonlyMap<string, LayerError>;
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

function describeLayer(layer: DescribedLayer, error: LayerError): LayerReport {
  const { name, dtype, shape, granularity, bits, bytesBefore, bytesAfter } = layer;
  const { maxAbsError, meanAbsError, relativeErrorPct, snrDb } = error;
  return {
    ...{ name, dtype, shape, granularity, bits },
    ...{ maxAbsError, meanAbsError, relativeErrorPct, snrDb },
    ...{ bytesBefore, bytesAfter },
  };
}

function combineErrors(
  errors: readonly LayerError[],
): Pick<LayerReport, "maxAbsError" | "meanAbsError" | "relativeErrorPct" | "snrDb"> {
  const elements = sum(errors, (error) => error.elements);
  return {
    maxAbsError: Math.max(0, ...errors.map((error) => error.maxAbsError)),
    meanAbsError: elements === 0 ? 0 : sum(errors, (error) => error.meanAbsError * error.elements) / elements,
    relativeErrorPct: Math.max(0, ...errors.map((error) => error.relativeErrorPct)),
    snrDb: snrDb(
      sum(errors, ({ signal }) => signal),
      sum(errors, ({ noise }) => noise),
    ),
  };
}

function sum<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}
