import { bitRange, bytesPerElement, OctetError } from "@octet/core";
import { nonFinite } from "@octet/core/backend";
import { readBlocks } from "../bytes/blocks.ts";
import { floatValues } from "../bytes/host-values.ts";
import { LayerBlocks } from "../bytes/layer-blocks.ts";
import { release } from "../bytes/release.ts";
import type { TensorContainer } from "../containers/tensor-container.ts";
import type { ProgressMeter } from "../report/progress.ts";
import type { PlannedLayer } from "../select/quantization-plan.ts";
import type { CodingScheme } from "./coding-scheme.ts";
import { findRunMaxima, scalesOf } from "./run-maxima.ts";

/** What one pass over a weight tells. */
export interface LayerMaxima {
  /** The largest magnitude of all. */
  readonly tensor: number;
  /** The largest magnitude of each run that takes more than one block; by the index of the run. */
  readonly longRuns: ReadonlyMap<number, number>;
}

/**
 * The first pass over a weight: passes its scales, run by run, to `write`. In a file they lie before the codes of every layer, and for
 * small groups they are too many to keep.
 * @throws OctetError `ERR_NON_FINITE` naming the tensor, the index of its first NaN or infinity, and how many it has
 */
export async function scanScales(
  container: TensorContainer,
  layer: Pick<PlannedLayer, "weight" | "dtype" | "shape">,
  { granularity, bits, blockElements }: Omit<CodingScheme, "backend">,
  meter: ProgressMeter,
  write: (bytes: Uint8Array) => Promise<void>,
): Promise<LayerMaxima> {
  const { weight, dtype, shape } = layer;
  const { highest } = bitRange(bits);
  const blocks = new LayerBlocks(shape, granularity, blockElements);
  const longRuns = new Map<number, number>();
  const bad = { first: -1, count: 0, value: 0 };
  let tensor = 0;
  let written = 0;
  const writeScales = async (maxima: Float32Array): Promise<void> => {
    written += maxima.length;
    await write(new Uint8Array(scalesOf(maxima, highest).buffer));
  };

  for await (const { bytes, ...block } of readBlocks(container, weight, bytesPerElement[dtype], blocks)) {
    const values = floatValues(dtype, bytes);
    const [first, last] = blocks.runsOf(block);
    const maxima = findRunMaxima(values, last - first);
    let largest = 0;
    for (const amax of maxima) largest = Math.max(largest, amax);
    if (!Number.isFinite(largest)) countNonFinite(values, block.start, bad);
    tensor = Math.max(tensor, largest);
    if (!blocks.isPiece(block)) {
      await writeScales(maxima);
    } else {
      const amax = Math.max(longRuns.get(first) ?? 0, maxima[0]);
      longRuns.set(first, amax);
      if (block.end === last * blocks.runLength) await writeScales(Float32Array.of(amax));
    }
    await meter.advance(weight, bytes.byteLength);
    if (values.buffer !== bytes.buffer) release(values.buffer);
  }
  if (bad.count > 0) throw nonFiniteIn(weight, bad);
  const empty = blocks.runCount - written; // runs without elements
  if (empty > 0) await writeScales(new Float32Array(empty));
  return { tensor, longRuns };
}

function countNonFinite(
  values: Float32Array,
  start: number,
  bad: { first: number; count: number; value: number },
): void {
  for (let i = 0; i < values.length; i++) {
    if (Number.isFinite(values[i])) continue;
    if (bad.count++ > 0) continue;
    bad.first = start + i;
    bad.value = values[i];
  }
}

function nonFiniteIn(
  tensor: string,
  { first, count, value }: { first: number; count: number; value: number },
): OctetError {
  const { code, message } = nonFinite(first, count, value);
  return new OctetError(code, `tensor ${JSON.stringify(tensor)}: ${message}`);
}
