import { dequantize, type HostTensor, hostTensor, OctetError, quantize } from "@octet/core";
import type { ConformanceCase, ConformanceContext } from "../../case.ts";
import { checkSameTensor } from "../../checks/compare.ts";
import { check } from "../../checks/failure.ts";
import { keepTensors } from "../../checks/keep-tensors.ts";
import { checkPlainCodes, plainMatrix, plainQuantization } from "../plain-data.ts";
import { promiseCase } from "../promise-case.ts";

/** Disposing, and reading, while ops are still to run: what was called first sees the world as it was. */
export function pendingCases(): ConformanceCase[] {
  return [
    promiseCase("lifetime", "inputs-disposed-before-the-op-has-run", [], disposeInputs),
    promiseCase("lifetime", "result-disposed-before-the-op-has-run", ["consumed-input"], disposeResult),
    promiseCase("lifetime", "disposed-while-downloading", ["late-download"], disposeWhileDownloading, []),
    promiseCase("lifetime", "backend-disposed-while-downloading", [], disposeBackendWhileDownloading, []),
    promiseCase("lifetime", "sync", [], syncs),
  ];
}

async function disposeInputs({ backend }: ConformanceContext): Promise<void> {
  await keepTensors(async (keep) => {
    const x = keep(backend.upload(plainMatrix()));
    const quantized = keep(quantize(x, plainQuantization));
    x.dispose();
    // What reuses the memory of x must not reach an op that was called before.
    keep(backend.upload(plainMatrix()));
    const zeros = keep(backend.upload(hostTensor("float32", [8, 8], new Float32Array(64))));
    const floats = keep(dequantize(quantized, { dtype: "float32" }));
    quantized.dispose();
    zeros.dispose();
    checkSameTensor(await backend.download(floats), plainMatrix(), "the result of disposed inputs");
  });
}

async function disposeResult({ backend }: ConformanceContext): Promise<void> {
  await keepTensors(async (keep) => {
    const x = keep(backend.upload(plainMatrix()));
    quantize(x, plainQuantization).dispose();
    const next = keep(quantize(x, plainQuantization));
    checkPlainCodes(await backend.download(next), "the op after one whose result was disposed at once");
    await backend.sync();
  });
}

async function disposeWhileDownloading({ backend }: ConformanceContext): Promise<void> {
  const host: HostTensor = hostTensor(
    "int32",
    [33],
    Int32Array.from({ length: 33 }, (_, index) => index),
  );
  const tensor = backend.upload(host);
  const download = backend.download(tensor);
  tensor.dispose();
  backend.upload(hostTensor("int32", [33], new Int32Array(33))).dispose();
  checkSameTensor(await download, host, "a download that began before dispose");
}

/** Either the data or an error of Octet: what is not allowed is another error, wrong data, or a promise that never settles. */
async function disposeBackendWhileDownloading({ backend }: ConformanceContext): Promise<void> {
  const host = plainMatrix();
  const download = backend.download(backend.upload(host));
  backend.dispose();
  let got: HostTensor | undefined;
  try {
    got = await download;
  } catch (error) {
    check(
      OctetError.isInstance(error),
      `a download met the end of its backend: got ${String(error)}, wanted data or an OctetError`,
    );
  }
  if (got !== undefined) checkSameTensor(got, host, "a download that began before its backend was disposed");
}

async function syncs({ backend }: ConformanceContext): Promise<void> {
  await backend.sync();
  await keepTensors(async (keep) => {
    const x = keep(backend.upload(plainMatrix()));
    keep(quantize(x, plainQuantization));
    await Promise.all([backend.sync(), backend.sync()]);
  });
  await backend.sync();
}
