import { equalShapes } from "@octet/core";
import { cutBlocks, readBlocks } from "../bytes/blocks.ts";
import { dtypeName } from "../bytes/dtype.ts";
import { release } from "../bytes/release.ts";
import type { StoredTensor, TensorContainer } from "../containers/tensor-container.ts";
import type { StoredLayers } from "../open/find-layers.ts";
import type { ProgressMeter } from "../report/progress.ts";
import type { KeptTensor } from "../report/report.ts";
import { warnOf } from "../report/warn-of.ts";

/** Bytes of a tensor that are compared at once. */
const pieceBytes = 2 ** 20;

/** What is not quantized, and a warning for each way in which it is not what the original has. */
export async function compareKept(
  original: TensorContainer,
  quantized: TensorContainer,
  { layers, others }: StoredLayers,
  meter: ProgressMeter,
): Promise<{ readonly kept: readonly KeptTensor[]; readonly warnings: readonly string[] }> {
  const changed: string[] = [];
  const added: string[] = [];
  for (const info of others) {
    const before = original.tensors.get(info.name);
    if (before === undefined) added.push(info.name);
    else if (!(await equalTensors(original, quantized, before, info, meter))) changed.push(info.name);
  }
  const known = new Set([...others.map(({ name }) => name), ...[...layers.keys()].map((layer) => `${layer}.weight`)]);
  const missing = [...original.tensors.keys()].filter((name) => !known.has(name));
  const warnings = [
    ...warnOf(changed, "not quantized and yet not the same as in the original"),
    ...warnOf(added, "not in the original"),
    ...warnOf(missing, "in the original only"),
  ];
  const kept = others.map(({ name, dtype, shape, byteLength }) => {
    return { name, dtype: dtypeName(dtype), shape, bytes: byteLength, reason: "not quantized" };
  });
  return { kept, warnings };
}

async function equalTensors(
  original: TensorContainer,
  quantized: TensorContainer,
  before: StoredTensor,
  after: StoredTensor,
  meter: ProgressMeter,
): Promise<boolean> {
  let equal = before.dtype === after.dtype && equalShapes(before.shape, after.shape);
  if (!equal) {
    await meter.advance(after.name, after.byteLength);
    return false;
  }
  for await (const { start, end, bytes } of readBlocks(
    quantized,
    after.name,
    1,
    cutBlocks(after.byteLength, 1, pieceBytes),
  )) {
    const expected = await original.readRange(before.name, start, end);
    equal &&= equalBytes(bytes, expected);
    release(expected.buffer);
    await meter.advance(after.name, bytes.byteLength);
  }
  return equal;
}

function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
