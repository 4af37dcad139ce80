import { createReferenceBackend, type FloatDType, type HostTensor, hostTensor, narrow, quantize } from "@octet/core";
import { createCUDABackend } from "@octet/cuda";
import { describe, expect, test } from "vitest";
import { emulatorMissing } from "./emulator.ts";

const bits = new DataView(new ArrayBuffer(4));

/** The float32 `steps` places above one that is not negative, and not below zero. */
function stepped(value: number, steps: number): number {
  bits.setFloat32(0, value);
  bits.setInt32(0, Math.max(0, bits.getInt32(0) + steps));
  return bits.getFloat32(0);
}

/** Rows whose other elements lie on the middle between two codes, or up to 3 float32 beside it, on both sides of zero. */
function rowsOfMiddles(maxima: readonly number[], qmax: number): HostTensor<"float32"> {
  const columns = 4 * qmax + 1;
  const data = new Float32Array(maxima.length * columns);
  for (const [row, amax] of maxima.entries()) {
    const scale = Math.fround(Math.fround(amax) / qmax);
    data[row * columns] = amax;
    for (let column = 1; column < columns; column++) {
      const middle = Math.fround((((column - 1) % qmax) + 0.5) * scale);
      const value = stepped(middle, ((column + row) % 7) - 3);
      data[row * columns + column] = Math.min(value, amax) * (column % 2 === 0 ? 1 : -1);
    }
  }
  return hostTensor("float32", [maxima.length, columns], data);
}

/** What float16 and bfloat16 can hold without becoming infinite. */
const largest = { float16: 65504, bfloat16: 1e38, float32: 3.4e38 };

/** Scales whose reciprocals are inexact, too large or too small, beside ordinary ones. */
const maxima = [
  1,
  3.3,
  127,
  0.1,
  65504,
  1e-5,
  1e38,
  3.4e38,
  1e-30,
  2e-38,
  1e-40,
  1.4e-45,
  127 * 2 ** -100,
  127 * 2 ** 100,
];

describe.skipIf(emulatorMissing)("codes where a quotient lies near the middle of two", () => {
  test.each([
    { bits: 8, dtype: "float32", granularity: { kind: "channel", dim: 0 } },
    { bits: 8, dtype: "float32", granularity: { kind: "tensor" } },
    { bits: 4, dtype: "float32", granularity: { kind: "channel", dim: 0 } },
    { bits: 8, dtype: "float16", granularity: { kind: "channel", dim: 0 } },
    { bits: 8, dtype: "bfloat16", granularity: { kind: "channel", dim: 0 } },
  ] as const)("$bits bits of $dtype, $granularity.kind", async ({ bits, dtype, granularity }) => {
    const wide = rowsOfMiddles(
      maxima.filter((amax) => amax <= largest[dtype]),
      bits === 8 ? 127 : 7,
    );
    const x: HostTensor<FloatDType> = hostTensor(dtype, wide.shape, narrow(wide.data, dtype));
    const results: unknown[] = [];
    for (const backend of [
      createReferenceBackend(),
      await createCUDABackend({ emulated: { seed: 3, copies: "late" } }),
    ]) {
      results.push(await backend.download(quantize(backend.upload(x), { granularity, bits })));
      backend.dispose();
    }
    expect(results[1]).toEqual(results[0]);
  });
});
