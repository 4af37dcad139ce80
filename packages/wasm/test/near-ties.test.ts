import { createReferenceBackend, hostTensor, quantize } from "@octet/core";
import { createWasmBackend } from "@octet/wasm";
import { describe, expect, test } from "vitest";

const bits = new Uint32Array(1);
const value = new Float32Array(bits.buffer);

/** The float32 that many steps away from another one, of the same sign. */
function step(from: number, steps: number): number {
  value[0] = from;
  bits[0] += steps;
  return value[0];
}

/**
 * Rows whose largest element is `largest`, the others in the middle of two codes or up to three steps of float32 beside it: where a product
 * by the inverse of the scale gives another code than the quotient.
 */
function nearTies(largest: number, qmax: number): Float32Array {
  const scale = Math.fround(largest / qmax);
  const row = [largest];
  for (let code = -qmax; code < qmax; code++) {
    for (let steps = -3; steps <= 3; steps++) row.push(step((code + 0.5) * scale, steps));
  }
  return Float32Array.from(row);
}

describe.each(["plain", "relaxed"] as const)("%s SIMD quantizes what lies near the middle of two codes", (simd) => {
  test.each([8, 5, 2])("to %i bits, scales from 2^-126 to 2^120", async (size) => {
    using wasm = await createWasmBackend({ threads: 1, simd });
    using reference = createReferenceBackend();
    const qmax = 2 ** (size - 1) - 1;
    for (let exponent = -119; exponent <= 126; exponent++) {
      const row = nearTies(Math.fround((1 + ((exponent * 37) & 63) / 97) * 2 ** exponent), qmax);
      const host = hostTensor("float32", [1, row.length], row);
      const options = { granularity: { kind: "channel", dim: 0 }, bits: size } as const;
      const { quantized, scale } = await wasm.download(quantize(wasm.upload(host), options));
      const expected = await reference.download(quantize(reference.upload(host), options));
      expect(scale.data).toEqual(expected.scale.data);
      expect(quantized.data).toEqual(expected.quantized.data);
    }
  });
});
