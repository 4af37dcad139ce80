import { fileURLToPath } from "node:url";
import { openCheckpointPath } from "@octet/checkpoint/node";
import { createReferenceBackend } from "@octet/core";
import { createWasmBackend } from "@octet/wasm";
import { expect, it } from "vitest";
import { loadLlama } from "../src/load.ts";
import { logitsOf, modelFolder } from "./measure.ts";

const fixture = fileURLToPath(new URL("fixtures/logits.safetensors", import.meta.url));

async function readOracle(): Promise<{ tokens: Uint8Array; logits: Float32Array }> {
  await using oracle = await openCheckpointPath(fixture);
  const tokens = await oracle.tensor("tokens");
  const logits = await oracle.tensor("logits");
  return { tokens: Uint8Array.from(tokens.data), logits: logits.data as Float32Array };
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  expect(a.length).toBe(b.length);
  expect(a.every(Number.isFinite)).toBe(true);
  return a.reduce((largest, value, index) => Math.max(largest, Math.abs(value - b[index])), 0);
}

it.each([
  ["reference", createReferenceBackend],
  ["wasm", createWasmBackend],
] as const)(
  "gives the logits that transformers computed, within 1e-4 (float32 sums in another order): %s",
  async (_, createBackend) => {
    const { tokens, logits } = await readOracle();
    expect(largestDifference(await logitsOf(tokens, undefined, { createBackend }), logits)).toBeLessThanOrEqual(1e-4);
  },
);

it("gives the same logits on the reference and on wasm, bit for bit, where activations are integers", async () => {
  const { tokens } = await readOracle();
  for (const activations of ["int16", "int8"] as const) {
    // lm_head as well: nothing is left that only a bound holds together.
    const quantization = { skip: ["*embed*"] };
    const wanted = await logitsOf(tokens, quantization, { activations, createBackend: createReferenceBackend });
    expect(await logitsOf(tokens, quantization, { activations, createBackend: createWasmBackend })).toEqual(wanted);
  }
});

it("reads both formats to the same logits, bit for bit", async () => {
  const { tokens } = await readOracle();
  const plain = await logitsOf(tokens, { format: "int8" });
  expect(await logitsOf(tokens, { format: "compressed-tensors" })).toEqual(plain);
  // Quantized activations change the result, so the option arrives.
  expect(await logitsOf(tokens, { format: "int8" }, { activations: "int8" })).not.toEqual(plain);
});

it("leaves nothing on the backend", async () => {
  using backend = createReferenceBackend();
  await using checkpoint = await openCheckpointPath(modelFolder);
  const model = await loadLlama(checkpoint, { backend });
  const loaded = backend.memory();
  await model.forward([new Uint8Array(7)]);
  expect(backend.memory()).toEqual(loaded);
  model.dispose();
  expect(backend.memory()).toEqual({ tensors: 0, bytes: 0 });
});
