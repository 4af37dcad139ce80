import { createCUDABackend } from "@octet/cuda";
import { describe, expect, test } from "vitest";
import { emulatorMissing, loadEmulator } from "./emulator.ts";

const mebibyte = 2 ** 20;
/** Numbers that repeat after a prime, so that no piece looks like another one. */
const numbers = (length: number, seed: number): Int8Array => {
  const pattern = Int8Array.from({ length: 65_537 }, (_, i) => (i * 31 + (i >> 8) + seed) % 127);
  const result = new Int8Array(length);
  for (let start = 0; start < length; start += pattern.length) result.set(pattern.subarray(0, length - start), start);
  return result;
};
const host = (length: number, seed = 0) => ({ dtype: "int8", shape: [length], data: numbers(length, seed) }) as const;

describe.skipIf(emulatorMissing)("pinned memory", () => {
  // First, since backends of other tests give theirs back whenever they are collected.
  test("is given back when copies do not need it any more", async () => {
    using backend = await createCUDABackend({ emulated: true });
    const { emulatedMemory } = loadEmulator();
    const { pinned } = emulatedMemory();
    await Promise.all(Array.from({ length: 8 }, () => backend.download(backend.upload(host(3 * mebibyte)))));
    expect(emulatedMemory().pinned - pinned).toBeGreaterThan(8 * mebibyte);
    const small = backend.upload(host(16));
    for (let i = 0; i < 300; i++) await backend.download(small);
    expect(emulatedMemory().pinned - pinned).toBeLessThan(mebibyte);
  });

  test("stays bounded, however large a tensor is", async () => {
    using backend = await createCUDABackend({ emulated: true });
    const { emulatedMemory } = loadEmulator();
    const { pinned } = emulatedMemory();
    for (const length of [4 * mebibyte - 1, 4 * mebibyte, 4 * mebibyte + 1, 100 * mebibyte + 12_345]) {
      const wanted = host(length);
      using tensor = backend.upload(wanted);
      const got = await backend.download(tensor);
      expect(Buffer.compare(Buffer.from(got.data.buffer), Buffer.from(wanted.data.buffer)), `${length} bytes`).toBe(0);
    }
    expect(emulatedMemory().mostPinned - pinned).toBeLessThan(80 * mebibyte);
  });

  test("stays bounded, however many downloads are asked for at once", async () => {
    using backend = await createCUDABackend({ emulated: true });
    const { emulatedMemory } = loadEmulator();
    const { pinned } = emulatedMemory();
    const tensors = Array.from({ length: 200 }, (_, seed) => backend.upload(host(mebibyte, seed % 50)));
    const results = await Promise.all(tensors.map((tensor) => backend.download(tensor)));
    for (const [seed, { data }] of results.entries()) expect(data[0]).toBe(seed % 50);
    expect(emulatedMemory().mostPinned - pinned).toBeLessThan(80 * mebibyte);
  });
});
