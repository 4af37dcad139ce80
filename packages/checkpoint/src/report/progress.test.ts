import { createReferenceBackend } from "@octet/core";
import { bytesSource, encodeSafetensors } from "@octet/safetensors";
import { expect, test } from "vitest";
import { MemoryFiles } from "../../test/support/memory-files.ts";
import { createWeights, storedTensor } from "../../test/support/seeded-values.ts";
import { quantizeCheckpoint } from "../quantize/quantize-checkpoint.ts";

test("timers run while a checkpoint in memory is quantized, so that they can stop it", async () => {
  const weights = Array.from({ length: 40 }, (_, i) =>
    storedTensor(`${i}.weight`, createWeights(i, "float32", [64, 4096])),
  );
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 1);
  const files = new MemoryFiles();
  const backend = createReferenceBackend();
  const work = quantizeCheckpoint(bytesSource(encodeSafetensors(weights)), files.createSink, {
    backend,
    signal: controller.signal,
  });
  await expect(work).rejects.toThrow(expect.objectContaining({ name: "AbortError" }));
  expect(files.aborted).toEqual(["model.safetensors"]);
});
