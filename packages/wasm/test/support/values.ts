import { type FloatDType, type HostTensor, hostTensor, narrow, sizeOf } from "@octet/core";

/** Values of every size, never the same twice in a row; the same for a seed. */
export function values<D extends FloatDType>(seed: number, shape: readonly number[], dtype: D): HostTensor<D> {
  let state = seed;
  const floats = Float32Array.from({ length: sizeOf(shape) }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state / 2 ** 31 - 1) * 2 ** ((state & 15) - 8);
  });
  return hostTensor(dtype, shape, narrow(floats, dtype));
}
