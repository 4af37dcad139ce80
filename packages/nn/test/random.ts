import { type FloatDType, type HostTensor, hostTensor, narrow, sizeOf } from "@octet/core";

/** Repeatable numbers in [-1, 1) (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 31 - 1;
  };
}

export function randomTensor<D extends FloatDType>(seed: number, shape: readonly number[], dtype: D): HostTensor<D> {
  const next = randomNumbers(seed);
  const values = Float32Array.from({ length: sizeOf(shape) }, next);
  return hostTensor(dtype, shape, narrow(values, dtype));
}

export function float32(shape: readonly number[], values: Iterable<number>): HostTensor<"float32"> {
  return hostTensor("float32", shape, Float32Array.from(values));
}
