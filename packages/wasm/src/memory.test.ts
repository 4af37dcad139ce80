import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import {
  activation,
  advance,
  type Backend,
  dequantize,
  type HostTensor,
  hostTensor,
  linear,
  OctetError,
  quantize,
  readRows,
  writeRows,
} from "@octet/core";
import { describe, expect, it } from "vitest";
import { WasmBackend } from "./backend.ts";
import { addressLimit } from "./memory/heap.ts";
import { findWorkers, type StartWorker } from "./run/worker-host.ts";
import { compileKernels } from "./start/compile-kernels.ts";
import { loadKernelBinary } from "./start/kernel-binary.ts";
import { type StartedEngine, startInlineEngine, startPoolEngine } from "./start/start-engine.ts";

const binary = await loadKernelBinary("plain");

async function start(threads: number): Promise<{ engine: StartedEngine["engine"]; backend: Backend }> {
  const { engine, capacity } =
    threads === 1
      ? startInlineEngine(await compileKernels(binary))
      : await startPoolEngine(binary, findWorkers() as StartWorker, threads);
  const info = { name: "wasm", device: "CPU", maxTensorBytes: capacity, features: [] } as const;
  return { engine, backend: new WasmBackend(engine, info) };
}

function matrix(rows: number, columns: number): HostTensor<"float32"> {
  const data = Float32Array.from({ length: rows * columns }, (_, i) => ((i * 37) % 101) - 50);
  return hostTensor("float32", [rows, columns], data);
}

async function collectGarbage(): Promise<void> {
  setFlagsFromString("--expose-gc");
  const collect: () => void = runInNewContext("gc");
  for (let i = 0; i < 2; i++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    collect();
  }
}

const perRow = { granularity: { kind: "channel", dim: 0 } } as const;

describe.each([1, 2])("with %i threads", (threads) => {
  it("10,000 ops leave the heap as it was, errors among them", async () => {
    const { engine, backend } = await start(threads);
    const x = backend.upload(matrix(3, 70));
    const bad = backend.upload({ ...matrix(1, 70), data: new Float32Array(70).fill(Number.NaN) });
    await backend.sync();
    const before = engine.heap.usedBytes;
    for (let round = 0; round < 2500; round++) {
      const weight = quantize(x, perRow);
      const floats = dequantize(weight, { dtype: "float32" });
      const y = linear(x, weight, { activations: "int8" });
      try {
        quantize(bad, perRow).dispose();
      } catch (error) {
        expect(error).toMatchObject({ code: "ERR_NON_FINITE" });
      }
      for (const tensor of [weight, floats, y]) tensor.dispose();
      // The pool reports each failed op once.
      if (round % 100 === 99) while ((await backend.sync().catch(OctetError.isInstance)) === true);
    }
    expect(engine.heap.usedBytes).toBe(before);
    expect(backend.memory().tensors).toBe(2);
    backend.dispose();
  });

  it("errors that were reported are let go, without a sync", async () => {
    const { backend } = await start(threads);
    const bad = backend.upload({ ...matrix(1, 70), data: new Float32Array(70).fill(Number.NaN) });
    const errors: WeakRef<Error>[] = [];
    for (let round = 0; round < 20; round++) {
      try {
        const codes = quantize(bad, perRow);
        await backend.download(codes).finally(() => codes.dispose());
      } catch (error) {
        errors.push(new WeakRef(error as Error));
      }
    }
    await collectGarbage();
    // The engine may hold on to the last one for a while.
    expect(errors.filter((error) => error.deref() !== undefined).length).toBeLessThan(2);
    expect(errors).toHaveLength(20);
    backend.dispose();
  });

  it("memory that is given up is not used again before ops that read it have run", async () => {
    const { backend } = await start(threads);
    const results = Array.from({ length: 50 }, (_, i) => {
      const x = backend.upload({ ...matrix(128, 128), data: new Float32Array(128 * 128).fill(i) });
      const y = activation(x, "relu");
      x.dispose();
      return y;
    });
    for (const [i, y] of results.entries()) {
      expect((await backend.download(y)).data.every((value) => value === i)).toBe(true);
    }
    backend.dispose();
  });
});

const gigabyte = 2 ** 30;

// Blocks that nobody writes take addresses, and hardly any memory.
describe.each([1, 2])("past 2 GiB, with %i threads", (threads) => {
  it("computes there as it does below, and refuses what is too much without losing anything", async () => {
    const { engine, backend } = await start(threads);
    const reserve = (bytes: number): number => engine.heap.allocate([bytes], () => false)[0];
    const below = await runOps(backend);
    const blocks = [reserve(gigabyte), reserve(gigabyte)];
    expect(engine.heap.bytes(0, 1).buffer.byteLength).toBeGreaterThan(2 ** 31);
    expect(await runOps(backend)).toEqual(below);
    const kept = backend.upload(matrix(7, 9));
    reserve(gigabyte);
    expect(await runOps(backend)).toEqual(below);
    const tooMuch: HostTensor<"int8"> = hostTensor("int8", [gigabyte], new Int8Array(gigabyte));
    expect(() => backend.upload(tooMuch)).toThrow(expect.objectContaining({ code: "ERR_OUT_OF_MEMORY" }));
    expect(await runOps(backend)).toEqual(below);
    expect(await backend.download(kept)).toEqual(matrix(7, 9));
    // What is freed is used again, and joined.
    for (const block of blocks) engine.heap.free(block);
    reserve(1.5 * gigabyte);
    expect(engine.heap.bytes(0, 1).buffer.byteLength).toBeLessThanOrEqual(addressLimit + 65536);
    backend.dispose();
  });
});

async function runOps(backend: Backend): Promise<unknown> {
  const x = backend.upload(matrix(5, 300));
  const weight = quantize(x, perRow);
  const y = linear(x, weight, { activations: "int16" });
  const floats = dequantize(weight);
  const results = [await backend.download(weight), await backend.download(y), await backend.download(floats)];
  for (const tensor of [x, weight, y, floats]) tensor.dispose();
  return results;
}

it.each([1, 2])("states and programs leave the heap as it was, with %i threads", async (threads) => {
  const { engine, backend } = await start(threads);
  const x = backend.upload(matrix(3, 70));
  const bad = backend.upload({ ...matrix(3, 70), data: new Float32Array(210).fill(Number.NaN) });
  const weight = quantize(backend.upload(matrix(70, 70)), perRow);
  await backend.sync();
  const before = { used: engine.heap.usedBytes, ...backend.memory() };
  for (let round = 0; round < 50; round++) {
    const state = backend.state({ capacity: 600, slots: [{ name: "rows", dtype: "float32", shape: [70] }] });
    const program = backend.record(
      ({ x, state }) => {
        using y = linear(x, weight, { activations: "int8" });
        writeRows(state, "rows", y);
        advance(state, 3);
        return readRows(state, "rows", 2);
      },
      { x, state },
    );
    for (const input of [x, bad, x]) {
      try {
        const rows = program.run({ x: input, state });
        await backend.download(rows).finally(() => rows.dispose());
      } catch (error) {
        expect(error).toMatchObject({ code: "ERR_NON_FINITE" });
      }
    }
    state.copy().dispose();
    await backend.download(state);
    program.dispose();
    state.dispose();
  }
  await backend.sync();
  expect({ used: engine.heap.usedBytes, ...backend.memory() }).toEqual(before);
  backend.dispose();
});
