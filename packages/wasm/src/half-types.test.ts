import { type Backend, type FloatDType, linear, quantize, type Tensor } from "@octet/core";
import { describe, expect, it, vi } from "vitest";
import { WasmBackend } from "./backend.ts";
import type { Engine } from "./run/engine.ts";
import { compileKernels } from "./start/compile-kernels.ts";
import { loadKernelBinary } from "./start/kernel-binary.ts";
import { startInlineEngine } from "./start/start-engine.ts";

const n = 512;
const k = 1024;
const float32Bytes = n * k * 4;

async function start(): Promise<{ engine: Engine; backend: Backend }> {
  const { engine, capacity } = startInlineEngine(await compileKernels(await loadKernelBinary("plain")));
  const info = { name: "wasm", device: "CPU", maxTensorBytes: capacity, features: [] } as const;
  return { engine, backend: new WasmBackend(engine, info) };
}

/** Bytes that an op asks the heap for, its result included. */
function countBytes(engine: Engine, op: () => unknown): number {
  const allocate = vi.spyOn(engine.heap, "allocate");
  op();
  const bytes = allocate.mock.calls.flatMap(([sizes]) => sizes).reduce((sum, size) => sum + size, 0);
  allocate.mockRestore();
  return bytes;
}

describe.each(["float16", "bfloat16"] as const)("%s", (dtype) => {
  const halves = (backend: Backend, rows: number): Tensor<FloatDType> =>
    backend.upload({ dtype, shape: [rows, k], data: new Uint16Array(rows * k).fill(0x3c00) });

  it("lies in memory once, as it is", async () => {
    const { engine, backend } = await start();
    const before = engine.heap.usedBytes;
    halves(backend, n);
    expect(engine.heap.usedBytes - before).toBe(n * k * 2);
    backend.dispose();
  });

  it.each([
    { kind: "tensor" },
    { kind: "channel", dim: 0 },
    { kind: "channel", dim: 1 },
    { kind: "group", size: 32 },
  ] as const)("is quantized without a float32 copy: $kind $dim", async (granularity) => {
    const { engine, backend } = await start();
    const x = halves(backend, n);
    const codesAndScales = quantize(x, { granularity }).byteLength;
    const asked = countBytes(engine, () => quantize(x, { granularity }));
    expect(asked - codesAndScales).toBeLessThan(float32Bytes / 64);
    backend.dispose();
  });

  it.each([1, 32])("is multiplied by %i rows without a float32 copy of the weights", async (m) => {
    const { engine, backend } = await start();
    const [x, weight] = [halves(backend, m), halves(backend, n)];
    const y = linear(x, weight).byteLength;
    const before = engine.heap.usedBytes;
    // The rows themselves become float32.
    expect(countBytes(engine, () => linear(x, weight).dispose()) - y - m * k * 4).toBeLessThan(float32Bytes / 64);
    expect(engine.heap.usedBytes).toBe(before);
    backend.dispose();
  });
});
