import { bitRange, scaleLayout, sizeOf } from "@octet/core";
import { type QuantizedForm, quantizedParts } from "../device-tensor.ts";
import { dtypeCode } from "../dtype-code.ts";
import { grainOf, type Plan, type Source, statusBytes } from "./plan.ts";

/** Codes and scales of `x`, which has the shape of `form`. */
export function planQuantize(x: Source, form: QuantizedForm): Plan {
  return form.granularity.kind === "tensor" ? planWhole(x, form) : planChannels(x, form);
}

function planChannels(x: Source, form: QuantizedForm): Plan {
  const { outer, channels, inner } = scaleLayout(form.granularity, form.shape);
  const { highest, lowest } = bitRange(form.bits);
  const { scaleOffset } = quantizedParts(form);
  const grain = grainOf(outer * inner, inner === 1 ? stripColumns(channels) : 1);
  return {
    temporaries: [statusBytes],
    mustBeFinite: { ...x, size: sizeOf(form.shape) },
    launches: (codes, [status]) => {
      const target = [x.address, codes, codes + scaleOffset, outer, channels, inner];
      const words = [...target, dtypeCode[x.dtype], highest, lowest, status];
      return [{ kernel: "quantizeChannels", items: channels, grain, words }];
    },
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
function planWhole(x: Source, form: QuantizedForm): Plan {
  const size = sizeOf(form.shape);
  const { highest, lowest } = bitRange(form.bits);
  const { scaleOffset } = quantizedParts(form);
  const block = Math.ceil(Math.max(65536, size / 1024) / 64) * 64;
  const blocks = Math.max(1, Math.ceil(size / block)); // one even of nothing: it writes the scale
  return {
    temporaries: [statusBytes, blocks * 4],
    mustBeFinite: { ...x, size },
    launches: (codes, [status, maxima]) => {
      const source = [x.address, maxima, size, block, dtypeCode[x.dtype]];
      const target = [blocks, codes, codes + scaleOffset, highest, lowest, status];
      return [
        { kernel: "absmaxBlocks", items: blocks, grain: 1, words: source },
        { kernel: "quantizeBlocks", items: blocks, grain: 1, words: [...source, ...target] },
      ];
    },
  };
}
