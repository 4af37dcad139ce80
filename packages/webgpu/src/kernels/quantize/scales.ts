import { bindRange } from "../../layout/buffer-range.ts";
import type { Operation } from "../../operation.ts";
import { KernelParams } from "../../params.ts";
import { eachVariantOnce, shader } from "../../shader.ts";
import { decompose } from "../../wgsl/decompose.ts";
import { scaleBits } from "../../wgsl/scale.ts";

const lanes = 256;

/** In words. */
const params = new KernelParams({ shift: "u32", count: "u32" });

const scalesShader = eachVariantOnce((qmax: number) => {
  return shader({
    name: `channel scales /${qmax}`,
    exact: true,
    params,
    buffers: [["scales", "read_write", "array<u32>"]],
    pieces: [decompose, scaleBits(qmax)],
    workgroupSize: [lanes],
    main: `
  if (index >= params.count) { return; }
  let at = index + params.shift;
  scales[at] = scale_bits(scales[at]);`,
  });
});

/** Enqueues the scales of channels, from the bits of their largest magnitudes in the same place. */
export function writeScales(operation: Operation, scales: GPUBuffer, channels: number, qmax: number): void {
  const step = Math.floor(operation.maxRangeBytes / 4);
  for (let first = 0; first < channels; first += step) {
    const count = Math.min(step, channels - first);
    const range = bindRange({ buffer: scales, start: first * 4, end: (first + count) * 4 });
    operation.dispatch(scalesShader(qmax), { shift: range.shift / 4, count }, [range], Math.ceil(count / lanes));
  }
}

/** Enqueues the scales of channels without elements: each is 1. */
export function writeScalesOfNothing(operation: Operation, scales: GPUBuffer, channels: number, qmax: number): void {
  operation.clear(scales, channels * 4);
  writeScales(operation, scales, channels, qmax);
}
