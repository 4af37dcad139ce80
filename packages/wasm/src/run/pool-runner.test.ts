import { afterEach, expect, test, vi } from "vitest";
import { activateBlocks } from "../generated/kernels.ts";
import { heapAddress } from "../memory/memory-map.ts";
import { loadKernelBinary } from "../start/kernel-binary.ts";
import { shareMemoryImport } from "../start/shared-import.ts";
import type { Launch } from "./launch.ts";
import { control, finishChunk } from "./pool-protocol.ts";
import { PoolRunner } from "./pool-runner.ts";
import { findWorkers, type PoolWorker, type StartWorker } from "./worker-host.ts";

const startWorker = findWorkers() as StartWorker;
const module = await WebAssembly.compile(shareMemoryImport(await loadKernelBinary("plain")));
const source = heapAddress(2);
const target = source + 65536;

const pools: PoolRunner[] = [];
afterEach(() => pools.splice(0).forEach((pool) => void pool.dispose()));

async function startPool(): Promise<{ pool: PoolRunner; memory: WebAssembly.Memory }> {
  const memory = new WebAssembly.Memory({ initial: source / 65536 + 2, maximum: 65536, shared: true });
  const pool = new PoolRunner(memory, 2);
  await pool.start(startWorker, module, memory);
  pools.push(pool);
  return { pool, memory };
}

/** relu of `size` floats at `from`, in blocks of 4. */
function relu(from: number, to: number, size: number): Launch {
  const record = { x: from, output: to, size, block: 4, dtype: "float32", kind: "relu" } as const;
  return activateBlocks({ items: Math.ceil(size / 4), grain: 1 }, record);
}

/** Throws in the worker: there is no such kernel. */
const broken: Launch = { ...relu(source, target, 4), kernel: 99 };

test("runs every chunk once, in more chunks than a launch may have", async () => {
  const { pool, memory } = await startPool();
  new Float32Array(memory.buffer, source, 8000).fill(3);
  await pool.wait(pool.submit([relu(source, target, 8000)]));
  expect(new Float32Array(memory.buffer, target, 8000).every((value) => value === 3)).toBe(true);
});

test("runs launches in order, far more of them than the ring holds", async () => {
  const { pool, memory } = await startPool();
  const floats = new Float32Array(memory.buffer, source, 2000);
  floats[0] = 7;
  // Each launch copies the float that the one before has written.
  const tickets = Array.from({ length: 1999 }, (_, i) => pool.submit([relu(source + i * 4, source + i * 4 + 4, 1)]));
  await Promise.all([pool.wait(tickets[5]), pool.wait(tickets[1998]), pool.wait(tickets[1000])]);
  expect(floats.every((value) => value === 7)).toBe(true);
  expect(pool.isDone(tickets[1998])).toBe(true);
});

test("waits by blocking, in the backlog as well", async () => {
  const { pool, memory } = await startPool();
  const floats = new Float32Array(memory.buffer, source, 2000);
  floats[0] = 7;
  const tickets = Array.from({ length: 1999 }, (_, i) => pool.submit([relu(source + i * 4, source + i * 4 + 4, 1)]));
  expect(pool.waitBlocking(tickets[1998])).toBe(true);
  expect(floats[1999]).toBe(7);
});

test("goes on blocking while chunks of a slow launch finish, and gives up when none does", () => {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 65536, shared: true });
  const words = new Int32Array(memory.buffer);
  const pool = new PoolRunner(memory, 2);
  const ticket = pool.submit([relu(source, target, 12)]); // three chunks, and nobody to run them but this test
  const wait = vi.spyOn(Atomics, "wait").mockImplementation(() => {
    if (finishChunk(words, 0)) Atomics.store(words, control.completed, 1);
    return "timed-out";
  });
  expect(pool.waitBlocking(ticket)).toBe(true);
  expect(wait).toHaveBeenCalledTimes(3);
  wait.mockReset().mockReturnValue("timed-out");
  expect(pool.waitBlocking(pool.submit([relu(source, target, 12)]))).toBe(false);
  expect(wait).toHaveBeenCalledTimes(1);
  wait.mockRestore();
});

test("has nothing to wait for without launches", async () => {
  const { pool } = await startPool();
  const ticket = pool.submit([]);
  expect(pool.isDone(ticket)).toBe(true);
  await pool.wait(ticket);
});

test("a worker that dies is ERR_DEVICE_LOST for what waits and for what comes", async () => {
  const { pool } = await startPool();
  const ticket = pool.submit([broken]);
  const lost = expect.objectContaining({ code: "ERR_DEVICE_LOST", cause: expect.any(Error) });
  await expect(pool.wait(ticket)).rejects.toEqual(lost);
  await expect(pool.wait(ticket)).rejects.toEqual(lost);
  expect(() => pool.submit([])).toThrow(lost);
  expect(pool.waitBlocking(ticket)).toBe(false);
});

test("disposing rejects what waits", async () => {
  const { pool } = await startPool();
  const waiting = pool.wait(pool.submit(Array.from({ length: 500 }, () => relu(source, target, 4))));
  pool.dispose();
  pool.dispose();
  await expect(waiting).rejects.toMatchObject({ code: "ERR_DISPOSED" });
});

test("rejects when a worker does not start", async () => {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 65536, shared: true });
  const refused = new Error("refused");
  const pool = new PoolRunner(memory, 2);
  const start: StartWorker = (_start, { onFailure }) => {
    queueMicrotask(() => onFailure(refused));
    return { keepAlive: () => {}, terminate: () => {} };
  };
  await expect(pool.start(start, module, memory)).rejects.toBe(refused);
});

test.each([0, 1, 2])("leaves no worker running when number %i of three cannot be made", async (refused) => {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 65536, shared: true });
  const tooMany = new Error("no more threads");
  const started: PoolWorker[] = [];
  const start: StartWorker = ({ thread }, { onMessage }) => {
    if (thread === refused) throw tooMany;
    const worker = { keepAlive: vi.fn(), terminate: vi.fn() };
    started.push(worker);
    queueMicrotask(() => onMessage("ready"));
    return worker;
  };
  await expect(new PoolRunner(memory, 3).start(start, module, memory)).rejects.toBe(tooMany);
  expect(started).toHaveLength(2);
  for (const { terminate } of started) expect(terminate).toHaveBeenCalledTimes(1);
});
