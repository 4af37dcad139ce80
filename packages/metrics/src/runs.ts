import { scaleLayout } from "@octet/core";
import { blockLength, widenRange } from "./blocks.ts";
import type { QuantizedPair } from "./quantized-pair.ts";

/** A stretch of elements in one row that share a scale: `values[offset + i]` became `codes[start + i]`, for i < length. */
export interface Run {
  readonly values: Float32Array;
  readonly offset: number;
  readonly codes: Int8Array;
  /** The flat index of the first element in the tensor. */
  readonly start: number;
  readonly length: number;
  readonly scale: number;
}

/**
 * Visits all elements of a pair in order, as runs. A run ends with its scale, with its row, at each multiple of `channelLength` where one
 * is given, and at each multiple of `blockLength` counted from `firstIndex`, the place of the pair in a larger tensor. So the runs, and
 * what is summed over them, are the same to the last bit wherever a tensor was cut between rows.
 */
export function visitRuns(
  { original, tensor }: QuantizedPair,
  firstIndex: number,
  visit: (run: Run) => void,
  channelLength: number = Number.POSITIVE_INFINITY,
): void {
  const { quantized, scale, granularity } = tensor;
  const { channels, inner } = scaleLayout(granularity, original.shape);
  const row = original.shape.at(-1) ?? 1;
  const codes = quantized.data;
  let blockEnd = 0;
  let values: Float32Array = new Float32Array(0);
  for (let start = 0; start < codes.length; ) {
    if (start === blockEnd) {
      blockEnd = Math.min(nextMultiple(firstIndex + start, blockLength) - firstIndex, codes.length);
      values = widenRange(original, start, blockEnd);
    }
    const end = Math.min(
      blockEnd,
      nextMultiple(start, inner),
      nextMultiple(start, row),
      nextMultiple(start, channelLength),
    );
    const offset = start - (blockEnd - values.length);
    const channel = Math.floor(start / inner) % channels;
    visit({ values, offset, codes, start, length: end - start, scale: scale.data[channel] });
    start = end;
  }
}

/** The smallest multiple of `step` above `index`. */
function nextMultiple(index: number, step: number): number {
  return (Math.floor(index / step) + 1) * step;
}
