import { activationOp, type Backend, dequantizeOp, linearOp, quantizeOp, type Tensor } from "@octet/core";
import type { ConformanceCase, ConformanceContext } from "../../case.ts";
import { checkRejects, checkThrows } from "../../checks/expect-error.ts";
import { keepTensors } from "../../checks/keep-tensors.ts";
import { promiseCase } from "../promise-case.ts";
import { uploadOperands } from "./error-operands.ts";

/** Tensors of another backend, and values that are not tensors, in every place where an op takes one. */
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
  // `run` of this backend, since the functions of ops call the backend of the tensors that they are given.
  const run: Backend["run"] = (op, inputs, params) => backend.run(op, inputs, params);
  const [granularity, { weight }] = [{ kind: "tensor" } as const, own];
  checkThrows(code, () => run(quantizeOp, { x: other.x }, { granularity }), "quantize of a foreign tensor");
  checkThrows(code, () => run(dequantizeOp, { tensor: other.weight }, {}), "dequantize of a foreign tensor");
  checkThrows(code, () => run(linearOp, { x: other.x, weight }, {}), "linear of a foreign x");
  checkThrows(code, () => run(linearOp, { x: own.x, weight: other.weight }, {}), "linear by a foreign weight");
  checkThrows(code, () => run(linearOp, { x: own.x, weight: other.floatWeight }, {}), "linear by foreign floats");
  checkThrows(code, () => run(linearOp, { x: own.x, weight, bias: other.bias }, {}), "linear plus a foreign bias");
  checkThrows(code, () => run(activationOp, { x: other.x }, { kind: "relu" }), "activation of a foreign tensor");
  await checkRejects(code, () => backend.download(other.x as Tensor), "download of a foreign tensor");
  await checkRejects(code, () => backend.download(other.weight), "download of foreign codes");
}
