import type { Backend, Tensor } from "@octet/core";
import type { ConformanceCase, ConformanceContext } from "../case.ts";
import { checkRejects, checkThrows } from "../expect-error.ts";
import { keepTensors } from "../keep-tensors.ts";
import { uploadOperands } from "./error-operands.ts";
import { promiseCase } from "./promise-case.ts";

/** Tensors of another backend, and what is no tensor at all, in every place where an op takes one. */
export function ownerErrorCases(): ConformanceCase[] {
  return [
    promiseCase("errors", "tensors-of-another-backend", ["foreign-accepted"], foreignTensors, []),
    promiseCase("errors", "no-tensors", [], noTensors, []),
  ];
}

async function foreignTensors({ backend, reference }: ConformanceContext): Promise<void> {
  await keepTensors(async (keep) => {
    const own = uploadOperands(backend, keep);
    const foreign = uploadOperands(reference, keep);
    await checkForeign(backend, own, foreign);
  });
}

async function noTensors({ backend }: ConformanceContext): Promise<void> {
  await keepTensors(async (keep) => {
    const own = uploadOperands(backend, keep);
    for (const nothing of [undefined, null, {}, { dtype: "float32", shape: [3, 8], data: new Float32Array(24) }]) {
      const other = nothing as never;
      await checkForeign(backend, own, { x: other, weight: other, floatWeight: other, bias: { backend: {} } as never });
    }
  });
}

type Operands = ReturnType<typeof uploadOperands>;

async function checkForeign(
  backend: Backend,
  own: Operands,
  other: Pick<Operands, "x" | "weight" | "floatWeight" | "bias">,
): Promise<void> {
  const code = "ERR_FOREIGN_TENSOR";
  checkThrows(
    code,
    () => backend.quantize(other.x, { granularity: { kind: "tensor" } }),
    "quantize of a foreign tensor",
  );
  checkThrows(code, () => backend.dequantize(other.weight, "float32"), "dequantize of a foreign tensor");
  checkThrows(code, () => backend.linear(other.x, own.weight), "linear of a foreign x");
  checkThrows(code, () => backend.linear(own.x, other.weight), "linear by a foreign weight");
  checkThrows(code, () => backend.linear(own.x, other.floatWeight), "linear by a foreign float weight");
  checkThrows(code, () => backend.linear(own.x, own.weight, { bias: other.bias }), "linear plus a foreign bias");
  checkThrows(code, () => backend.activation(other.x, "relu"), "activation of a foreign tensor");
  await checkRejects(code, () => backend.download(other.x as Tensor), "download of a foreign tensor");
  await checkRejects(code, () => backend.download(other.weight), "download of foreign codes");
}
