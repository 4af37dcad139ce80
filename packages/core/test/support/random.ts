/** Numbers in [0, 1) that repeat for a seed (mulberry32). */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Numbers of a normal distribution, mean 0, deviation 1 (Box and Muller). */
export function randomNormals(seed: number, count: number): Float32Array {
  const random = createRandom(seed);
  return Float32Array.from({ length: count }, () => {
    const radius = Math.sqrt(-2 * Math.log(1 - random()));
    return radius * Math.cos(2 * Math.PI * random());
  });
}

/** Finite float32 numbers of every exponent: random bit patterns without NaN and infinities. */
export function randomFloats(seed: number, count: number): Float32Array {
  const random = createRandom(seed);
  const values = new Float32Array(count);
  const bits = new Uint32Array(values.buffer);
  for (let i = 0; i < count; i++) {
    do bits[i] = Math.floor(random() * 2 ** 32);
    while ((bits[i] & 0x7f800000) === 0x7f800000);
  }
  return values;
}
