import type { Granularity } from "@octet/core";
import type { CheckpointFormat } from "../options.ts";

/** What quantization cost one layer. The four figures are those of `calculateQuantizationError`. */
export interface LayerReport {
  /** Of the module, without `.weight`. */
  readonly name: string;
  /** Of the original: "float32", "float16" or "bfloat16". */
  readonly dtype: string;
  /** `[outFeatures, inFeatures]` */
  readonly shape: readonly number[];
  readonly granularity: Granularity;
  readonly bits: number;
  readonly maxAbsError: number;
  readonly meanAbsError: number;
  readonly relativeErrorPct: number;
  /** In dB; `Infinity` when nothing was lost. */
  readonly snrDb: number;
  /** Of the original weight. */
  readonly bytesBefore: number;
  /** Of all tensors that stand for it: codes, scales and, where the format has one, the shape. */
  readonly bytesAfter: number;
}

/** A tensor that is the same, byte for byte, before and after. */
export interface KeptTensor {
  readonly name: string;
  /** "float32", "bfloat16", "int64", ... */
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly bytes: number;
  /** Why it was not quantized, for people. */
  readonly reason: string;
}

export interface QuantizationTotals {
  /** How many layers are quantized. */
  readonly layers: number;
  /** Of the quantized layers, before and after. */
  readonly bytesBefore: number;
  readonly bytesAfter: number;
  /** Of all tensors of the checkpoint, quantized or not, before and after. */
  readonly checkpointBytesBefore: number;
  readonly checkpointBytesAfter: number;
  /** The largest of the layers'. */
  readonly maxAbsError: number;
  /** Over all elements of all layers. */
  readonly meanAbsError: number;
  /** The largest of the layers'. */
  readonly relativeErrorPct: number;
  /** In dB, over all elements of all layers: 10 log10(sum x^2 / sum d^2). */
  readonly snrDb: number;
}

export interface QuantizationReport {
  readonly format: CheckpointFormat;
  /** null when layers differ, which a file made elsewhere may do. */
  readonly granularity: Granularity | null;
  /** null when layers differ. */
  readonly bits: number | null;
  /** In the order of the input's tensors. */
  readonly layers: readonly LayerReport[];
  readonly kept: readonly KeptTensor[];
  readonly totals: QuantizationTotals;
  /** For people, one sentence each. */
  readonly warnings: readonly string[];
}
