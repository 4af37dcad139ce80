import { fileURLToPath } from "node:url";
import { openCheckpointPath } from "@octet/checkpoint/node";
import { createReferenceBackend } from "@octet/core";
import { expect, it } from "vitest";
import { loadLlama } from "../src/load.ts";
import { measureLoss, modelFolder } from "./measure.ts";

it("gives the logits that transformers computed, within 1e-4 (float32 sums in another order)", async () => {
  using backend = createReferenceBackend();
  await using checkpoint = await openCheckpointPath(modelFolder);
  await using oracle = await openCheckpointPath(fileURLToPath(new URL("fixtures/logits.safetensors", import.meta.url)));
  using model = await loadLlama(checkpoint, { backend });
  const tokens = await oracle.tensor("tokens");
  const expected = await oracle.tensor("logits");

  const logits = await model.forward([Uint8Array.from(tokens.data)]);

  expect(logits.length).toBe(expected.data.length);
  const differences = logits.map((value, index) => Math.abs(value - expected.data[index]));
  expect(differences.every((difference) => difference <= 1e-4)).toBe(true);
});

it("reads both formats to the same loss, bit for bit", async () => {
  const plain = await measureLoss(1, { format: "int8" });
  const packed = await measureLoss(1, { format: "compressed-tensors" });
  expect(packed).toBe(plain);
  expect(Math.abs(plain - (await measureLoss(1)))).toBeLessThan(1e-3);
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
