import { randomLcg, randomNormal } from "d3-random";

/** Numbers of a normal distribution, mean 0, deviation 1, that repeat for a seed. */
export function randomNormals(seed: number, count: number): Float32Array {
  const next = randomNormal.source(randomLcg(seed))();
  const values = new Float32Array(count);
  for (let i = 0; i < count; i++) values[i] = next();
  return values;
}
