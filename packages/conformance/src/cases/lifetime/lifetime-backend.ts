import { activation, dequantize, linear, quantize } from "@octet/core";
import type { ConformanceCase, ConformanceContext } from "../../case.ts";
import { checkRejects, checkThrows } from "../../checks/expect-error.ts";
import { check } from "../../checks/failure.ts";
import { upload } from "../../checks/operands.ts";
import { backendDisposes } from "../handle-promises.ts";
import { plainMatrix, plainQuantization } from "../plain-data.ts";
import { promiseCase } from "../promise-case.ts";
import { sampleTensors } from "../sample-tensors.ts";

/** The end of a backend, and the use of what has ended. The suite starts another backend after these cases. */
export function backendDisposalCases(): ConformanceCase[] {
  return [
    promiseCase("lifetime", "use-of-disposed-tensors", ["forgotten-dispose"], useDisposedTensors, []),
    promiseCase("lifetime", "backend-disposes-its-tensors", ["immortal-tensors"], backendDisposes(sampleTensors), []),
    promiseCase("lifetime", "tensors-disposed-after-their-backend", ["second-dispose-throws"], disposeAfterBackend, []),
    promiseCase("lifetime", "use-of-a-disposed-backend", [], useDisposedBackend, []),
  ];
}

async function useDisposedTensors({ backend }: ConformanceContext): Promise<void> {
  const alive = backend.upload(plainMatrix());
  const gone = backend.upload(plainMatrix());
  const weight = backend.upload(sampleWeight);
  const goneWeight = backend.upload(sampleWeight);
  const goneBias = backend.upload({ dtype: "float32", shape: [8], data: new Float32Array(8) });
  for (const tensor of [gone, goneWeight, goneBias]) tensor.dispose();
  const code = "ERR_DISPOSED";
  checkThrows(code, () => quantize(gone, plainQuantization), "quantize of a disposed tensor");
  checkThrows(code, () => dequantize(goneWeight, { dtype: "float32" }), "dequantize of a disposed tensor");
  checkThrows(code, () => linear(gone, weight), "linear of a disposed x");
  checkThrows(code, () => linear(alive, goneWeight), "linear by a disposed weight");
  checkThrows(code, () => linear(alive, weight, { bias: goneBias }), "linear plus a disposed bias");
  checkThrows(code, () => activation(gone, "relu"), "activation of a disposed tensor");
  await checkRejects(code, () => backend.download(gone), "download of a disposed tensor");
  await checkRejects(code, () => backend.download(goneWeight), "download of disposed codes");
  alive.dispose();
  weight.dispose();
}

const sampleWeight = {
  quantized: { dtype: "int8", shape: [8, 8], data: new Int8Array(64).fill(1) },
  scale: { dtype: "float32", shape: [8], data: new Float32Array(8).fill(1) },
  granularity: { kind: "channel", dim: 0 },
  bits: 8,
} as const;

async function disposeAfterBackend({ backend }: ConformanceContext): Promise<void> {
  const tensors = sampleTensors().map((host) => upload(backend, host));
  backend.dispose();
  backend.dispose();
  for (const tensor of tensors) tensor.dispose();
  check(backend.memory().tensors === 0, "memory() counts a tensor that was disposed after its backend");
}

async function useDisposedBackend({ backend }: ConformanceContext): Promise<void> {
  const x = backend.upload(plainMatrix());
  const weight = backend.upload(sampleWeight);
  backend.dispose();
  const code = "ERR_DISPOSED";
  checkThrows(code, () => backend.upload(plainMatrix()), "upload to a disposed backend");
  checkThrows(code, () => quantize(x, plainQuantization), "quantize on a disposed backend");
  checkThrows(code, () => dequantize(weight, { dtype: "float32" }), "dequantize on a disposed backend");
  checkThrows(code, () => linear(x, weight), "linear on a disposed backend");
  checkThrows(code, () => activation(x, "relu"), "activation on a disposed backend");
  await checkRejects(code, () => backend.download(x), "download from a disposed backend");
  await checkRejects(code, () => backend.sync(), "sync of a disposed backend");
}
