import type { TensorSpec } from "@octet/safetensors";

/** A checkpoint of float32 tensors whose every element can be computed again: nothing needs to be kept to check what was made of it. */
export interface LargeCheckpoint {
  /** The shards by file name, with their tensors. */
  readonly shards: ReadonlyMap<string, readonly TensorSpec[]>;
  /** Of all tensors. */
  readonly byteLength: number;
}

/**
 * 4.3 GB in five shards: one layer of 2 GiB, eight of 256 MiB, some of awkward shapes, and what is not quantized. `divisor` makes all of
 * it smaller by that much: 1 is the real thing.
 */
export function createLargeCheckpoint(divisor: number = 1): LargeCheckpoint {
  const weight = (name: string, rows: number, columns: number): TensorSpec => {
    return { name: `${name}.weight`, dtype: "F32", shape: [Math.max(1, Math.round(rows / divisor)), columns] };
  };
  const block = (layer: number): TensorSpec[] => [
    weight(`model.layers.${layer}.mlp.up_proj`, 8192, 8192),
    weight(`model.layers.${layer}.mlp.down_proj`, 8192, 8192),
    weight(`model.layers.${layer}.self_attn.k_proj`, 1031, 1033),
    { name: `model.layers.${layer}.input_layernorm.weight`, dtype: "F32", shape: [8192] },
  ];
  const groups = [
    [weight("model.layers.0.mlp.gate_proj", 16384, 32768)],
    [...block(1), weight("lm_head", 4099, 1024)],
    [...block(2), weight("model.embed_tokens", 4099, 1024)],
    [...block(3), weight("model.layers.3.long", 1, 3_000_001)],
    [...block(4), weight("model.layers.4.narrow", 300_007, 3)],
  ];
  const name = (i: number): string => `model-0000${i + 1}-of-0000${groups.length}.safetensors`;
  const elements = groups.flat().reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
  return { shards: new Map(groups.map((tensors, i) => [name(i), tensors])), byteLength: 4 * elements };
}

/**
 * Elements [start, end) of a tensor: the name and the index go through a mixer of 32 bits (Chris Wellons' lowbias32). Values lie around 0,
 * in a range that changes every 4096 elements.
 */
export function valuesOf(name: string, start: number, end: number): Float32Array {
  const seed = seedOf(name);
  const values = new Float32Array(end - start);
  for (let i = 0; i < values.length; i++) {
    const index = start + i;
    const range = 2 ** -(((index >>> 12) & 7) + 1);
    values[i] = (mix((index ^ seed) | 0) / 2 ** 31 - 1) * range;
  }
  return values;
}

function mix(value: number): number {
  let x = value;
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
  x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
  return (x ^ (x >>> 15)) >>> 0;
}

/** FNV-1a of the name. */
function seedOf(name: string): number {
  let hash = 0x811c9dc5;
  for (const character of name) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193);
  return hash;
}
