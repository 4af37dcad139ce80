import { bitRange, OctetError } from "@octet/core";
import type { CodeBytes, Format } from "./format.ts";
import { findPart, scaleSuffix, scaleTensor } from "./layer-tensors.ts";
import { createQuantizationConfig } from "./quantization-config.ts";

const codeSuffix = ".weight";

/**
 * Each code in a byte of its own: `P.weight` I8 `[N, K]` beside `P.weight_scale`, the keys of a state dict of `@octet/nn`. Holds every
 * granularity and width.
 */
export const int8: Format = {
  name: "int8",
  layouts: ["int-quantized", "naive-quantized"],

  check() {},

  tensors(module, [n, k], granularity) {
    return {
      codes: { name: module + codeSuffix, dtype: "I8", shape: [n, k], byteLength: n * k },
      scale: scaleTensor(module, granularity, [n, k]),
      constants: [],
    };
  },

  encode: () => plainBytes,

  find(codes, tensors) {
    const fits = codes.name.endsWith(codeSuffix) && codes.dtype === "I8" && codes.shape.length === 2;
    if (!fits) return undefined;
    const name = codes.name.slice(0, -codeSuffix.length);
    return { format: int8, name, codes, scale: findPart(codes, name + scaleSuffix, tensors), others: [] };
  },

  /** Bytes hold codes of any width. Where layers differ, the largest is what all codes fit. */
  async describe(_container, { codes }, statedBits) {
    return { shape: codes.shape, bits: statedBits.length === 0 ? 8 : Math.max(...statedBits) };
  },

  async read(container, { bits, parts }, { start, end }) {
    const codes = new Int8Array((await container.readRange(parts.codes.name, start, end)).buffer);
    if (bits < 8) checkCodes(parts.codes.name, codes, start, bits);
    return codes;
  },

  // transformers looks for the layout of weights alone inside the group, and takes them for packed without it.
  config: (scheme, targets, ignore) => {
    return createQuantizationConfig({ ...scheme, layout: "int-quantized", inGroup: true, targets, ignore });
  },

  loaderWarnings: () => [],
};

const plainBytes: CodeBytes = {
  encode: ({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength),
  decode: ({ buffer, byteOffset, byteLength }) => new Int8Array(buffer, byteOffset, byteLength),
};

function checkCodes(name: string, codes: Int8Array, start: number, bits: number): void {
  const { lowest, highest } = bitRange(bits);
  for (let i = 0; i < codes.length; i++) {
    if (codes[i] >= lowest && codes[i] <= highest) continue;
    throw new OctetError(
      "ERR_FORMAT",
      `tensor ${JSON.stringify(name)}: code ${start + i} is ${codes[i]}; with ${bits} bits codes lie in ${lowest} to ${highest}`,
    );
  }
}
