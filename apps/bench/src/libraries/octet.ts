import {
  type Backend,
  hostTensor,
  type LinearActivations,
  linear,
  type QuantizedTensor,
  type Tensor,
} from "@octet/core";
import { hostJob } from "../arms/job.ts";
import { type Library, type LinearArm, type Threads, tolerances } from "../arms/library.ts";
import type { LinearProblem } from "../linear-problem.ts";
import { type OctetBackend, start } from "../octet-backends.ts";

/** The four ways of a backend to compute a linear layer. `mostRows` keeps a slow one from large layers. */
export function octetLibrary(octet: OctetBackend, mostRows?: number): Library<Threads> {
  const { id, name } = octet;
  const arms: readonly LinearArm[] = [
    { id: `${id}-int8`, title: "int8 weights, int8 activations", tolerance: tolerances.int8 },
    { id: `${id}-int16`, title: "int8 weights, int16 activations", tolerance: tolerances.int16 },
    { id: `${id}-float`, title: "int8 weights, float32 activations", tolerance: tolerances.float },
    { id: `${id}-float32`, title: "float32 weights", tolerance: tolerances.float },
  ];
  return {
    name,
    arms,
    ...(mostRows === undefined ? {} : { mostRows }),
    async open(problem: LinearProblem, threads: number) {
      const backend = await start(octet, threads);
      const quantized = backend.upload(problem.quantized);
      const { outFeatures, inFeatures } = problem;
      const float = backend.upload(hostTensor("float32", [outFeatures, inFeatures], problem.weight));
      const ways: Readonly<Record<string, readonly [QuantizedTensor | Tensor<"float32">, LinearActivations]>> = {
        [`${id}-int8`]: [quantized, "int8"],
        [`${id}-int16`]: [quantized, "int16"],
        [`${id}-float`]: [quantized, "float"],
        [`${id}-float32`]: [float, "float"],
      };
      return {
        start: async (arm, x, rows) => hostJob(() => multiply(backend, x, rows, ...ways[arm])),
        close: async () => backend.dispose(),
      };
    },
  };
}

async function multiply(
  backend: Backend,
  values: Float32Array,
  rows: number,
  weight: QuantizedTensor | Tensor<"float32">,
  activations: LinearActivations,
): Promise<Float32Array> {
  using x = backend.upload(hostTensor("float32", [rows, values.length / rows], values));
  using y = linear(x, weight, { activations });
  const { data } = await backend.download(y);
  return data as Float32Array;
}
