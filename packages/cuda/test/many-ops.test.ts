import {
  activation,
  type Backend,
  type FloatDType,
  type HostTensor,
  hostTensor,
  linear,
  type QuantizedTensor,
  quantize,
  type Tensor,
} from "@octet/core";
import { createCUDABackend } from "@octet/cuda";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { emulatorMissing, loadEmulator } from "./emulator.ts";

const size = 4;
/** More than the device has records for. */
const steps = 1500;
const host = (...data: readonly number[]): HostTensor<FloatDType> =>
  hostTensor("float32", [data.length / size, size], Float32Array.from(data));
const identity = host(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1);
const fine = host(1, -2, 3, -127);
const bad = host(1, -2, Number.NaN, -127);
const channels = { granularity: { kind: "channel", dim: 0 } } as const;
const nonFinite = { code: "ERR_NON_FINITE", message: expect.stringContaining("element 2") };

describe.skipIf(emulatorMissing)("after very many ops", () => {
  let backend: Backend;
  let weight: QuantizedTensor;
  beforeEach(async () => {
    backend = await createCUDABackend({ emulated: true });
    weight = quantize(backend.upload(identity), channels);
  });
  afterEach(() => backend.dispose());

  const int8 = (x: Tensor<FloatDType>) => linear(x, weight, { activations: "int8" });
  const float = (x: Tensor<FloatDType>) => linear(x, weight);
  /** Takes steps one after the other, without giving the event loop a turn. */
  const walk = (x: Tensor<FloatDType>, step: (x: Tensor<FloatDType>) => Tensor<FloatDType>, count = steps) => {
    for (let i = 0; i < count; i++) {
      const next = step(x);
      if (i > 0) x.dispose();
      x = next;
    }
    return x;
  };

  test("the numbers are right, and the device holds no more than after a few", async () => {
    const { emulatedMemory } = loadEmulator();
    const x = backend.upload(fine);
    walk(x, int8, 2).dispose();
    const before = emulatedMemory().device;
    const y = walk(x, int8, 5000);
    expect(emulatedMemory().device).toBe(before + y.byteLength);
    expect((await backend.download(y)).data).toEqual(fine.data);
    await backend.sync();
  });

  test("a NaN at their beginning is told with its place, once", async () => {
    const x = backend.upload(bad);
    const y = walk(x, int8);
    await expect(backend.download(y)).rejects.toMatchObject(nonFinite);
    await expect(backend.download(y)).rejects.toMatchObject(nonFinite);
    await backend.sync();
  });

  test("a NaN at their end leaves what came before alone", async () => {
    const x = walk(backend.upload(fine), int8);
    const y = int8(linear(x, backend.upload(host(...Array(16).fill(Number.NaN)))));
    expect((await backend.download(x)).data).toEqual(fine.data);
    await expect(backend.download(y)).rejects.toMatchObject({ code: "ERR_NON_FINITE" });
  });

  test("sync tells of a NaN that no download met", async () => {
    int8(backend.upload(bad)).dispose();
    walk(backend.upload(fine), int8).dispose();
    await expect(backend.sync()).rejects.toMatchObject(nonFinite);
    await backend.sync();
  });

  test("a NaN of the weight reaches the result through ops that quantize nothing", async () => {
    const badWeight = quantize(backend.upload(host(...bad.data, ...fine.data, ...fine.data, ...fine.data)), channels);
    const y = walk(backend.upload(fine), (x) => float(linear(x, badWeight)), 20);
    walk(backend.upload(fine), int8).dispose();
    await expect(backend.download(activation(y, "relu"))).rejects.toMatchObject(nonFinite);
  });

  test("runs of a program hold no more either", async () => {
    const { emulatedMemory } = loadEmulator();
    using program = backend.record(
      ({ x }) => {
        using hidden = int8(x);
        return int8(hidden);
      },
      { x: backend.upload(fine) },
    );
    const run = (x: Tensor<FloatDType>) => program.run({ x });
    const x = backend.upload(fine);
    walk(x, run, 2).dispose();
    const before = emulatedMemory();
    const y = walk(x, run, 800);
    const after = emulatedMemory();
    expect(after.device).toBe(before.device + y.byteLength);
    expect(after.mostPinned - before.pinned).toBeLessThan(2 ** 20);
    expect((await backend.download(y)).data).toEqual(fine.data);
    await expect(backend.download(walk(backend.upload(bad), run, 8))).rejects.toMatchObject(nonFinite);
    await backend.sync();
  });

  test("each of many runs of a long program is told apart", async () => {
    using program = backend.record(({ x }) => walk(x, int8, 300), { x: backend.upload(fine) });
    const runs = Array.from({ length: 6 }, (_, i) => program.run({ x: backend.upload(i === 3 ? bad : fine) }));
    for (const [i, run] of runs.entries()) {
      if (i === 3) await expect(backend.download(run)).rejects.toMatchObject(nonFinite);
      else expect((await backend.download(run)).data).toEqual(fine.data);
    }
    await backend.sync();
  });

  test("downloads that wait for each other tell their own findings", async () => {
    let x: Tensor<FloatDType> = backend.upload(fine);
    const downloads: Promise<unknown>[] = [];
    for (let i = 0; i < 1100; i++) {
      x = int8(x);
      downloads.push(backend.download(x));
    }
    await Promise.all(downloads);
    downloads.splice(0);
    for (let i = 0; i < 20; i++) downloads.push(backend.download(int8(backend.upload(i % 2 === 0 ? fine : bad))));
    const outcomes = await Promise.allSettled(downloads);
    expect(outcomes.map(({ status }) => status === "fulfilled")).toEqual(outcomes.map((_, i) => i % 2 === 0));
  });
});
