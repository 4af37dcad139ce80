import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { activation, type Backend } from "@octet/core";
import { createCUDABackend } from "@octet/cuda";
import { afterEach, describe, expect, test } from "vitest";
import { emulatorMissing, loadEmulator } from "./emulator.ts";

const host = { dtype: "float32", shape: [2, 3], data: Float32Array.of(1, -2, 3, -4, 5, -6) } as const;

describe.skipIf(emulatorMissing)("a failure to give something back", () => {
  // What a test leaves behind must not be told to the next one.
  afterEach(() => loadEmulator().failNextCall(""));

  test.each<{ call: string; act: (backend: Backend) => unknown }>([
    { call: "cudaFreeAsync", act: (backend) => backend.upload(host).dispose() },
    { call: "cudaEventDestroy", act: (backend) => backend.download(backend.upload(host)) },
    { call: "cudaGraphDestroy", act: (backend) => relu(backend) },
    { call: "cudaGraphExecDestroy", act: (backend) => relu(backend).dispose() },
  ])("of $call is told by the next call", async ({ call, act }) => {
    using backend = await createCUDABackend({ emulated: true });
    loadEmulator().failNextCall(call);
    await act(backend);
    const lost = { code: "ERR_DEVICE_LOST", message: expect.stringContaining(`${call} failed on purpose`) };
    expect(() => backend.upload(host)).toThrow(expect.objectContaining(lost));
    await expect(backend.sync()).rejects.toMatchObject(lost);
  });

  test.each(["cudaStreamDestroy", "cudaFreeHost"])(
    "of %s, at the end of a backend, is a warning of the next one",
    async (call) => {
      await useBackend();
      loadEmulator().failNextCall(call);
      await collectGarbage();
      const warned = new Promise<Error & { code?: string }>((resolve) => process.once("warning", resolve));
      using backend = await createCUDABackend({ emulated: true });
      expect(await warned).toMatchObject({ code: "OCTET_CUDA_CLEANUP", message: expect.stringContaining(call) });
      expect(loadEmulator().takeCleanupFailure()).toBe("");
      await backend.download(backend.upload(host));
    },
  );
});

function relu(backend: Backend) {
  return backend.record(({ x }) => activation(x, "relu"), { x: backend.upload(host) });
}

async function useBackend(): Promise<void> {
  using backend = await createCUDABackend({ emulated: true });
  await backend.download(backend.upload(host));
}

async function collectGarbage(): Promise<void> {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  for (let i = 0; i < 5; i++) {
    await new Promise((resolve) => setImmediate(resolve));
    collect();
  }
}
