import { bitRange, type QuantizeOptions, sizeOf } from "@octet/core";
import { normalizedLayout } from "@octet/core/backend";
import { absmaxBlocks, quantizeBlocks, quantizeChannels } from "../generated/kernels.ts";
import { scaleOffset } from "../memory/storage.ts";
import type { FloatOperand, QuantizedOperand } from "./operand.ts";
import { grainOf, type Plan } from "./plan.ts";

/** Codes and scales of x. */
export function planQuantize(
  { x }: { readonly x: FloatOperand },
  { granularity }: QuantizeOptions,
  output: QuantizedOperand,
): Plan {
  return granularity.kind === "tensor" ? planWhole(x, output) : planChannels(x, output);
}

function planChannels(x: FloatOperand, { form, storage }: QuantizedOperand): Plan {
  const { dtype, shape } = x.form;
  const { outer, channels, inner } = normalizedLayout(form.granularity, shape);
  const { highest, lowest } = bitRange(form.bits);
  const range = { items: channels, grain: grainOf(outer * inner, inner === 1 ? stripColumns(channels) : 1) };
  const source = { source: x.storage.address, size: sizeOf(shape), dtype };
  const target = { codes: storage.address, scales: storage.address + scaleOffset(form) };
  return {
    checks: true,
    temporaries: [],
    launches: ({ finding }) => [
      quantizeChannels(range, { ...source, finding, ...target, outer, channels, inner, qmax: highest, lowest }),
    ],
  };
}

/**
 * Columns are read row by row: narrower strips of them cost more, in caches and page tables. Wider ones than these gain little, and a
 * matrix is still to fall apart into 8, for threads.
 */
function stripColumns(channels: number): number {
  return Math.min(2048, Math.max(256, Math.floor(channels / 8 / 256) * 256));
}

/** One scale for everything: blocks first find their maxima, then all of them divide by the same scale. */
function planWhole(x: FloatOperand, { form, storage }: QuantizedOperand): Plan {
  const { dtype, shape } = x.form;
  const size = sizeOf(shape);
  const { highest, lowest } = bitRange(form.bits);
  const block = Math.ceil(Math.max(65536, size / 1024) / 64) * 64;
  const blocks = Math.max(1, Math.ceil(size / block)); // one even of nothing: it writes the scale
  const range = { items: blocks, grain: 1 };
  const source = { source: x.storage.address, size, dtype, block };
  const target = { codes: storage.address, scale: storage.address + scaleOffset(form) };
  return {
    checks: true,
    temporaries: [blocks * 4],
    launches: ({ finding, temporaries: [maxima] }) => [
      absmaxBlocks(range, { ...source, maxima }),
      quantizeBlocks(range, { ...source, finding, blocks, maxima, ...target, qmax: highest, lowest }),
    ],
  };
}
