import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { sizeOf } from "@octet/core";
import { createSafetensorsWriter } from "@octet/safetensors";
import { fileSink } from "@octet/safetensors/node";
import { type LargeCheckpoint, valuesOf } from "./layout.ts";

const blockElements = 2 ** 20;

/** Writes the checkpoint, with its index and a config.json, to a new folder. */
export async function makeLargeCheckpoint({ shards, byteLength }: LargeCheckpoint, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const weightMap: Record<string, string> = {};
  for (const [file, tensors] of shards) {
    await using sink = await fileSink(join(folder, file), { flags: "wx" });
    const writer = await createSafetensorsWriter(sink, { tensors, metadata: { format: "pt" } });
    for (const { name, shape } of writer.tensors) {
      weightMap[name] = file;
      const size = sizeOf(shape);
      for (let start = 0; start < size; start += blockElements) {
        const values = valuesOf(name, start, Math.min(size, start + blockElements));
        await writer.write(name, new Uint8Array(values.buffer));
      }
    }
    await writer.finish();
  }
  const index = { metadata: { total_size: byteLength }, weight_map: weightMap };
  await writeFile(join(folder, "model.safetensors.index.json"), JSON.stringify(index));
  await writeFile(join(folder, "config.json"), JSON.stringify({ model_type: "llama" }));
  await writeFile(join(folder, "tokenizer.json"), "{}");
}
