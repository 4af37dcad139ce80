import { type HostQuantizedTensor, hostTensor, linear, maxExactInFeatures } from "@octet/core";
import { createWasmBackend } from "@octet/wasm";
import { describe, expect, it } from "vitest";

const k = maxExactInFeatures;

/** n rows of k codes that are all `code`, with scales of 1. */
function weightOf(n: number, code: number): HostQuantizedTensor {
  return {
    quantized: hostTensor("int8", [n, k], new Int8Array(n * k).fill(code)),
    scale: hostTensor("float32", [n], new Float32Array(n).fill(1)),
    granularity: { kind: "channel", dim: 0 },
    bits: 8,
  };
}

describe.each(["plain", "relaxed"] as const)("%s SIMD, the most input features and the largest codes", (simd) => {
  it.each([
    ["int8", 127, 1],
    ["int8", 127, 3],
    ["int16", 32639, 1],
    ["int16", 32639, 3],
  ] as const)(
    "%s, code %i, %i rows: the largest totals, rounded once, do not overflow",
    async (activations, largest, m) => {
      using backend = await createWasmBackend({ simd, threads: 1 });
      // A row of its largest values: each becomes the largest code, with a scale of 1.
      const data = new Float32Array(m * k).fill(largest);
      data.fill(-largest, k, 2 * k);
      const x = backend.upload(hostTensor("float32", [m, k], data));
      for (const code of [-128, 127, 64]) {
        const y = await backend.download(linear(x, backend.upload(weightOf(4, code)), { activations }));
        const total = Math.fround(k * largest * code);
        const wanted = Array.from({ length: m }, (_, row) => new Array<number>(4).fill(row === 1 ? -total : total));
        expect([...y.data]).toEqual(wanted.flat());
      }
    },
  );

  // Half of the products are positive and half negative, but for one: a float32 shows every unit of what is left.
  it.each([
    ["int8", 127, 1],
    ["int8", 127, 3],
    ["int16", 32639, 1],
    ["int16", 32639, 3],
  ] as const)("%s, code %i, %i rows: totals that cancel are exact", async (activations, largest, m) => {
    using backend = await createWasmBackend({ simd, threads: 1 });
    const half = (k + 1) / 2;
    const data = new Float32Array(m * k).fill(-largest);
    for (let row = 0; row < m; row++) data.fill(largest, row * k, row * k + half);
    data.fill(largest - 1, half - 1, half); // in the first row one product less one unit of the weight
    const x = backend.upload(hostTensor("float32", [m, k], data));
    for (const code of [-128, 127, 1]) {
      const y = await backend.download(linear(x, backend.upload(weightOf(4, code)), { activations }));
      const wanted = Array.from({ length: m }, (_, row) =>
        new Array<number>(4).fill((row === 0 ? largest - 1 : largest) * code),
      );
      expect([...y.data]).toEqual(wanted.flat());
    }
  });
});
