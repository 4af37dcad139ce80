import {
  type Backend,
  hostTensor,
  type LinearActivations,
  linear,
  type QuantizedTensor,
  type Tensor,
} from "@octet/core";
import type { LinearProblem } from "../linear-problem.ts";
import { type OctetBackend, start } from "../octet-backends.ts";
import { type Arm, type Library, type Multiply, tolerances } from "./library.ts";

/** The four ways of a backend to compute a linear layer. `mostRows` keeps a slow one from large layers. */
export function octetLibrary(octet: OctetBackend, mostRows?: number): Library {
  const { id, name } = octet;
  const arms: readonly Arm[] = [
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
      return {
        multiply: {
          [`${id}-int8`]: multiplyOn(backend, quantized, "int8"),
          [`${id}-int16`]: multiplyOn(backend, quantized, "int16"),
          [`${id}-float`]: multiplyOn(backend, quantized, "float"),
          [`${id}-float32`]: multiplyOn(backend, float, "float"),
        },
        close: async () => backend.dispose(),
      };
    },
  };
}

function multiplyOn(
  backend: Backend,
  weight: QuantizedTensor | Tensor<"float32">,
  activations: LinearActivations,
): Multiply {
  return async (values, rows) => {
    using x = backend.upload(hostTensor("float32", [rows, values.length / rows], values));
    using y = linear(x, weight, { activations });
    const { data } = await backend.download(y);
    return data as Float32Array;
  };
}
