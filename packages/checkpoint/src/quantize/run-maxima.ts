import { scaleOf } from "@octet/core/backend";

/** The bits of a float32 without its sign. As integers they are in the order of the magnitudes, with NaN above infinity above the rest. */
const magnitudeMask = 0x7fffffff;

/**
 * The largest magnitude of each of `runs` equal runs of `values`. Where a run has a NaN or an infinity, its maximum is one: integers are
 * compared, which NaN does not escape, and which is faster than comparing floats and looking for NaN.
 */
export function findRunMaxima(values: Float32Array, runs: number): Float32Array {
  const bits = new Int32Array(values.buffer, values.byteOffset, values.length);
  const maxima = new Int32Array(runs);
  const length = values.length / runs;
  for (let run = 0, i = 0; run < runs; run++) {
    let amax = 0;
    for (const end = i + length; i < end; i++) {
      const magnitude = bits[i] & magnitudeMask;
      if (magnitude > amax) amax = magnitude;
    }
    maxima[run] = amax;
  }
  return new Float32Array(maxima.buffer);
}

/** The scales of runs with these maxima: all scales of a file are made here. `highest`: the largest code. */
export function scalesOf(maxima: Float32Array, highest: number): Float32Array {
  return maxima.map((amax) => scaleOf(amax, highest));
}
