import { type Granularity, scaleLayout } from "@octet/core";
import { ErrorSums } from "./error-sums.ts";
import type { QuantizedPair } from "./quantized-pair.ts";
import { visitRuns } from "./runs.ts";

/** The errors of each channel, for weights of each output. Index c of every list is channel c. */
export interface ChannelErrors {
  /** in dB; `Infinity` for a channel that lost nothing */
  readonly snrDb: readonly number[];
  readonly maxAbsError: readonly number[];
  readonly meanAbsError: readonly number[];
  /** The channel with the lowest SNR, the first of several; undefined when there is no channel. */
  readonly worst: number | undefined;
}

/** The errors of a pair for each index on axis `dim`; a scalar is one channel. @throws OctetError `ERR_SHAPE` for another axis */
export function channelErrorsOf(pair: QuantizedPair, dim: number): ChannelErrors {
  const { shape } = pair.original;
  const granularity: Granularity = shape.length === 0 ? { kind: "tensor" } : { kind: "channel", dim };
  const { channels, inner } = scaleLayout(granularity, shape);
  // The relative error is a figure of the whole tensor: an infinite maximum leaves it out.
  const sums = Array.from({ length: channels }, () => new ErrorSums(Number.POSITIVE_INFINITY));
  visitRuns(pair, 0, (run) => sums[Math.floor(run.start / inner) % channels].add(run), inner);
  const errors = sums.map((sum) => sum.result());
  const snrDb = errors.map((error) => error.snrDb);
  const lowest = snrDb.reduce((least, snr) => Math.min(least, snr), Number.POSITIVE_INFINITY);
  return {
    snrDb,
    maxAbsError: errors.map((error) => error.maxAbsError),
    meanAbsError: errors.map((error) => error.meanAbsError),
    worst: channels === 0 ? undefined : snrDb.indexOf(lowest),
  };
}
