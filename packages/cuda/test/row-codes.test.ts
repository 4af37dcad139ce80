import {
  activationCodes,
  type FloatDType,
  type HostTensor,
  hostTensor,
  linear,
  narrow,
  quantize,
  quantizeRows,
  sizeOf,
} from "@octet/core";
import { createCUDABackend } from "@octet/cuda";
import { describe, expect, test } from "vitest";
import { emulatorMissing } from "./emulator.ts";
import { onBoth, threadOrders } from "./on-both.ts";

const kinds = ["int8", "int16"] as const;
const dtypes = ["float32", "float16", "bfloat16"] as const;
/** Rows that blocks share, rows by warp, rows in shared memory and longer ones; K with and without a rest, and nothing at all. */
const shapes = [
  [1, 16],
  [3, 33],
  [16, 1040],
  [2, 3, 48],
  [17, 64],
  [40, 100],
  [2, 5003],
  [65, 7],
  [3, 0],
  [0, 8],
];

function values(dtype: FloatDType, shape: readonly number[]): HostTensor<FloatDType> {
  const data = Float32Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(i * 7 + 1) * 2 ** (i % 11));
  return hostTensor(dtype, shape, narrow(data, dtype));
}

describe.skipIf(emulatorMissing).each(threadOrders)(
  "row codes, thread order $seed, copies land $copies",
  (emulated) => {
    test.each(shapes.map((shape) => ({ shape })))(
      "of $shape are those of the reference, and come back as they went",
      async ({ shape }) => {
        const { got, wanted } = await onBoth(emulated, async (backend) => {
          const results: unknown[] = [];
          for (const dtype of dtypes) {
            using x = backend.upload(values(dtype, shape));
            for (const activations of kinds) {
              using codes = quantizeRows(x, { activations });
              const host = await backend.download(codes);
              using uploaded = backend.upload(host);
              results.push(codes.byteLength, host, await backend.download(uploaded));
            }
          }
          return results;
        });
        expect(got).toEqual(wanted);
      },
    );

    test.each(shapes.map((shape) => ({ shape })))(
      "of $shape multiply as the activations that they were made of",
      async ({ shape }) => {
        const k = shape.at(-1)!;
        using backend = await createCUDABackend({ emulated });
        using floats = backend.upload(values("float32", [18, k]));
        using weight = quantize(floats, { granularity: { kind: "channel", dim: 0 } });
        using bias = backend.upload(values("float16", [18]));
        using x = backend.upload(values("float16", shape));
        for (const activations of kinds) {
          using codes = quantizeRows(x, { activations });
          using uploaded = backend.upload(await backend.download(codes));
          using wanted = linear(x, weight, { bias, activations, dtype: "bfloat16" });
          for (const input of [codes, uploaded]) {
            using y = linear(input, weight, { bias, dtype: "bfloat16" });
            expect(await backend.download(y)).toEqual(await backend.download(wanted));
          }
        }
      },
    );

    test("of an activation function are made of its parts, and in a program too", async () => {
      const { got, wanted } = await onBoth(emulated, async (backend) => {
        const x = backend.upload(values("float32", [4, 20]));
        using program = backend.record(
          (inputs: { readonly x: typeof x }) => activationCodes(inputs.x, { kind: "relu", activations: "int16" }),
          { x },
        );
        const other = backend.upload(values("float32", [4, 20]));
        const direct = activationCodes(other, { kind: "relu", activations: "int16" });
        return [await backend.download(program.run({ x: other })), await backend.download(direct)];
      });
      expect(got).toEqual(wanted);
    });

    test("of a NaN are refused with its place, in their linear too", async () => {
      using backend = await createCUDABackend({ emulated });
      const weight = quantize(backend.upload(values("float32", [4, 5])), { granularity: { kind: "tensor" } });
      const x = backend.upload(hostTensor("float32", [1, 5], Float32Array.of(1, 2, 3, Number.NaN, 5)));
      const codes = quantizeRows(x, { activations: "int8" });
      const nonFinite = { code: "ERR_NON_FINITE", message: expect.stringContaining("element 3") };
      await expect(backend.download(linear(codes, weight))).rejects.toMatchObject(nonFinite);
      await expect(backend.download(codes)).rejects.toMatchObject(nonFinite);
      await backend.sync();
    });
  },
);
