import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { codeOf, scaleOf } from "@octet/core/backend";
import { openSharded, type SafetensorsReader, type TensorSpec } from "@octet/safetensors";
import { fileSource } from "@octet/safetensors/node";
import { type LargeCheckpoint, valuesOf } from "./layout.ts";

/** What a layer is, by the rule for names that the command documents; written once more, so that the check stands alone. */
const isLayer = ({ name, shape }: TensorSpec): boolean => shape.length === 2 && !/lm_head|embed|norm/.test(name);

/**
 * Checks every byte of every tensor of a folder that `octet quantize` made of the checkpoint, as compressed-tensors with 8 bits per channel.
 * Codes, scales and packing are computed here again, row by row, from the definition. Throws for the first difference.
 */
export async function verifyLargeCheckpoint({ shards }: LargeCheckpoint, folder: string): Promise<{ tensors: number }> {
  const index = await readFile(join(folder, "model.safetensors.index.json"));
  await using reader = await openSharded(index, (file) => fileSource(join(folder, file)));
  let tensors = 0;
  for (const [file, specs] of shards) {
    for (const spec of specs) {
      const names = isLayer(spec) ? await verifyLayer(reader, spec) : await verifyCopy(reader, spec);
      for (const name of names) if (reader.shardOf(name) !== file) throw new Error(`${name} is not in ${file}`);
      tensors += names.length;
    }
  }
  if (reader.tensors.size !== tensors) throw new Error(`there are ${reader.tensors.size} tensors, expected ${tensors}`);
  const config = JSON.parse(await readFile(join(folder, "config.json"), "utf8"));
  if (config.quantization_config.ignore.join() !== "lm_head") throw new Error("config.json ignores other layers");
  if ((await readFile(join(folder, "tokenizer.json"), "utf8")) !== "{}") throw new Error("tokenizer.json differs");
  return { tensors };
}

async function verifyLayer(reader: SafetensorsReader, { name, shape }: TensorSpec): Promise<string[]> {
  const [rows, columns] = shape;
  const parts = { packed: `${name}_packed`, scale: `${name}_scale`, shape: `${name}_shape` };
  const stride = 4 * Math.ceil(columns / 4);
  expectShape(reader, parts.packed, "I32", [rows, stride / 4]);
  expectShape(reader, parts.scale, "F32", [rows, 1]);
  expectShape(reader, parts.shape, "I64", [2]);
  const stored = new BigInt64Array((await reader.read(parts.shape)).buffer);
  if (stored[0] !== BigInt(rows) || stored[1] !== BigInt(columns)) throw new Error(`${parts.shape} holds ${stored}`);
  const scales = new Float32Array((await reader.read(parts.scale)).buffer);
  const step = Math.max(1, Math.floor(2 ** 20 / columns));
  for (let first = 0; first < rows; first += step) {
    const last = Math.min(rows, first + step);
    const values = valuesOf(name, first * columns, last * columns);
    const packed = await reader.readRange(parts.packed, first * stride, last * stride);
    for (let row = first; row < last; row++) {
      const at = (row - first) * columns;
      const scale = scaleOf(largest(values, at, at + columns), 127);
      if (scales[row] !== scale) throw new Error(`${parts.scale}: row ${row} is ${scales[row]}, expected ${scale}`);
      checkRow(parts.packed, row, values.subarray(at, at + columns), scale, packed.subarray((row - first) * stride));
    }
  }
  return Object.values(parts);
}

function checkRow(name: string, row: number, values: Float32Array, scale: number, packed: Uint8Array): void {
  const range = { qmax: 127, lowest: -128 };
  const stride = 4 * Math.ceil(values.length / 4);
  for (let i = 0; i < stride; i++) {
    const expected = i < values.length ? codeOf(values[i], scale, range) + 128 : 0;
    if (packed[i] !== expected) throw new Error(`${name}: row ${row}, byte ${i} is ${packed[i]}, expected ${expected}`);
  }
}

function largest(values: Float32Array, start: number, end: number): number {
  let amax = 0;
  for (let i = start; i < end; i++) amax = Math.max(amax, Math.abs(values[i]));
  return amax;
}

async function verifyCopy(reader: SafetensorsReader, { name, dtype, shape }: TensorSpec): Promise<string[]> {
  expectShape(reader, name, dtype, shape);
  const values = new Float32Array((await reader.read(name)).buffer);
  const expected = valuesOf(name, 0, values.length);
  const differs = values.findIndex((value, i) => !Object.is(value, expected[i]));
  if (differs >= 0) throw new Error(`${name}: element ${differs} is ${values[differs]}, expected ${expected[differs]}`);
  return [name];
}

function expectShape(reader: SafetensorsReader, name: string, dtype: string, shape: readonly number[]): void {
  const info = reader.tensors.get(name);
  if (info?.dtype === dtype && info.shape.join() === shape.join()) return;
  throw new Error(`${name} is ${info?.dtype} [${info?.shape}], expected ${dtype} [${shape}]`);
}
