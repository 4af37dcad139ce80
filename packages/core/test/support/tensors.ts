import { narrow } from "../../src/numerics/widen.ts";
import type { FloatDType } from "../../src/tensors/dtype.ts";
import type { HostQuantizedTensor } from "../../src/tensors/host-quantized-tensor.ts";
import { type HostTensor, hostTensor } from "../../src/tensors/host-tensor.ts";
import { randomNormals } from "./random.ts";

/** A float32 tensor of these values. */
export function floats(shape: number[], ...values: number[]): HostTensor<"float32"> {
  return hostTensor("float32", shape, Float32Array.from(values));
}

/** Normal numbers, rounded to `dtype`. */
export function normals<D extends FloatDType = "float32">(
  seed: number,
  shape: number[],
  dtype: D = "float32" as D,
): HostTensor<D> {
  const values = randomNormals(
    seed,
    shape.reduce((size, extent) => size * extent, 1),
  );
  return hostTensor(dtype, shape, narrow(values, dtype));
}

/** Codes and scales as they are written here, one scale for all unless there are more. */
export function weightOf(shape: number[], codes: number[], ...scales: number[]): HostQuantizedTensor {
  const perChannel = scales.length > 1;
  return {
    quantized: hostTensor("int8", shape, Int8Array.from(codes)),
    scale: hostTensor("float32", perChannel ? [scales.length] : [], Float32Array.from(scales)),
    granularity: perChannel ? { kind: "channel", dim: 0 } : { kind: "tensor" },
    bits: 8,
  };
}
