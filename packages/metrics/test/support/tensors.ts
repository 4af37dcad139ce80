import { type HostTensor, hostTensor } from "@octet/core";

/** A float32 tensor of these values. */
export function floats(shape: number[], ...values: number[]): HostTensor<"float32"> {
  return hostTensor("float32", shape, Float32Array.from(values));
}

/** Normal numbers, mean 0 and deviation 1, that repeat for a seed (mulberry32, Box and Muller). */
export function normals(seed: number, shape: number[]): HostTensor<"float32"> {
  let state = seed;
  const random = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const data = new Float32Array(shape.reduce((size, extent) => size * extent, 1));
  for (let i = 0; i < data.length; i++) {
    data[i] = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  }
  return hostTensor("float32", shape, data);
}

/** The rows from `start` to `end`, on the first axis. */
export function rowsOf({ shape, data }: HostTensor<"float32">, start: number, end: number): HostTensor<"float32"> {
  const row = data.length / shape[0];
  return hostTensor("float32", [end - start, ...shape.slice(1)], data.subarray(start * row, end * row));
}
