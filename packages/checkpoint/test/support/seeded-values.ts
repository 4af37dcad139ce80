import { type FloatDType, float32ToBfloat16, float32ToFloat16, type HostTensor, hostTensor, sizeOf } from "@octet/core";
import type { SafetensorsDType, TensorData } from "@octet/safetensors";

/** Uniform numbers in [0, 1), the same for the same seed (mulberry32, by Tommy Ettinger). */
export function createRandom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A float tensor of numbers around 0 of very different sizes, some of them 0 and some repeated, as weights have them. */
export function createWeights(seed: number, dtype: FloatDType, shape: readonly number[]): HostTensor<FloatDType> {
  const random = createRandom(seed);
  const values = Float32Array.from({ length: sizeOf(shape) }, () => {
    const choice = random();
    if (choice < 0.05) return 0;
    if (choice < 0.1) return 0.5;
    return (random() - 0.5) * 2 ** Math.floor(random() * 6);
  });
  if (dtype === "float32") return hostTensor(dtype, shape, values);
  return hostTensor(dtype, shape, Uint16Array.from(values, dtype === "float16" ? float32ToFloat16 : float32ToBfloat16));
}

const storedDTypes: Readonly<Record<FloatDType, SafetensorsDType>> = {
  float32: "F32",
  float16: "F16",
  bfloat16: "BF16",
};

/** A host tensor as a tensor of a file. */
export function storedTensor(name: string, { dtype, shape, data }: HostTensor<FloatDType>): TensorData {
  return {
    name,
    dtype: storedDTypes[dtype],
    shape,
    data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  };
}

/** A float32 tensor of a file. */
export function float32Tensor(name: string, shape: readonly number[], values: readonly number[]): TensorData {
  return { name, dtype: "F32", shape, data: new Uint8Array(Float32Array.from(values).buffer) };
}
