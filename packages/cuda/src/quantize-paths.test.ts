import {
  createReferenceBackend,
  dequantize,
  type FloatDType,
  type Granularity,
  type HostTensor,
  hostTensor,
  narrow,
  quantize,
} from "@octet/core";
import { describe, expect, test } from "vitest";
import { emulatorMissing } from "../test/emulator.ts";
import { createCUDABackend } from "./index.ts";

// Which kernels quantize and dequantize depends on the layout of channels, on how long their runs are and on what is a multiple of 8 or 16.
const cases: readonly { readonly shape: readonly number[]; readonly granularity: Granularity }[] = [
  { shape: [5, 64], granularity: { kind: "group", size: 16 } },
  { shape: [9, 192], granularity: { kind: "group", size: 96 } },
  { shape: [3, 1024], granularity: { kind: "group", size: 512 } },
  { shape: [7, 66], granularity: { kind: "group", size: 33 } },
  { shape: [67, 48], granularity: { kind: "channel", dim: 0 } },
  { shape: [65, 523], granularity: { kind: "channel", dim: 0 } },
  { shape: [3, 5001], granularity: { kind: "channel", dim: 0 } },
  { shape: [70, 136], granularity: { kind: "channel", dim: 1 } },
  { shape: [33, 7], granularity: { kind: "channel", dim: 1 } },
  { shape: [1, 40], granularity: { kind: "channel", dim: 1 } },
  { shape: [5, 2056], granularity: { kind: "channel", dim: 1 } },
  { shape: [11, 6, 9], granularity: { kind: "channel", dim: 1 } },
  { shape: [6, 7, 8], granularity: { kind: "channel", dim: 1 } },
  { shape: [13, 5003], granularity: { kind: "tensor" } },
  { shape: [1, 7], granularity: { kind: "tensor" } },
];
const settings = [
  { seed: 0, copies: "late" },
  { seed: 5, copies: "early" },
] as const;

/** Values of very different sizes, the same for the same seed. */
function values(dtype: FloatDType, shape: readonly number[], seed: number): HostTensor<FloatDType> {
  let state = seed;
  const size = shape.reduce((product, extent) => product * extent, 1);
  const data = Float32Array.from({ length: size }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return ((state >>> 8) / 2 ** 23 - 1) * 2 ** ((state >>> 4) % 9);
  });
  return hostTensor(dtype, shape, narrow(data, dtype));
}

describe.skipIf(emulatorMissing).each(settings)("thread order $seed, copies land $copies", (emulated) => {
  describe.each(cases)("$shape, $granularity, seed 21", ({ shape, granularity }) => {
    test.each(["float16", "bfloat16", "float32"] as const)("%s to codes and back", async (dtype) => {
      const results: unknown[] = [];
      for (const backend of [createReferenceBackend(), await createCUDABackend({ emulated })]) {
        const quantized = quantize(backend.upload(values(dtype, shape, 21)), { granularity, bits: 8 });
        const back = dequantize(quantized, { dtype });
        results.push([await backend.download(quantized), await backend.download(back)]);
        backend.dispose();
      }
      expect(results[1]).toEqual(results[0]);
    });

    test("NaN and infinity are found and counted", async () => {
      const x = values("float16", shape, 22);
      x.data[x.data.length - 1] = 0x7e00;
      x.data[x.data.length >> 1] = 0xfc00;
      const messages: unknown[] = [];
      for (const backend of [createReferenceBackend(), await createCUDABackend({ emulated })]) {
        const found = async (): Promise<unknown> =>
          backend.download(quantize(backend.upload(x), { granularity, bits: 8 }));
        // The kinds of what is not finite are the reference's alone to tell.
        messages.push(await found().catch((error: Error) => error.message.match(/^.*element \d+/)?.[0]));
        backend.dispose();
      }
      expect(messages[1]).toEqual(messages[0]);
      expect(messages[0]).toBeTypeOf("string");
    });
  });
});
