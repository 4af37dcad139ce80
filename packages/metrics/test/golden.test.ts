import { readFile } from "node:fs/promises";
import { hostTensor, type TypedArrayOf } from "@octet/core";
import { calculateQuantizationError, type QuantizationError } from "@octet/metrics";
import { expect, it } from "vitest";

interface GoldenCase {
  readonly id: string;
  readonly kind: string;
  readonly x: string;
  readonly quantized: string;
  readonly scale: string;
  readonly dtype: "float32" | "float16" | "bfloat16";
  readonly dim?: number;
  readonly group?: number;
  readonly error?: { readonly [figure in keyof QuantizationError]: number | null };
}

const fixtures = new URL("../../conformance/fixtures/", import.meta.url);
const arrays = { float32: Float32Array, float16: Uint16Array, bfloat16: Uint16Array, int8: Int8Array };

/** Reads tensors by name from the safetensors file of the golden vectors. */
async function openTensors() {
  const file = await readFile(new URL("contract.safetensors", fixtures));
  const headerLength = Number(file.readBigUInt64LE(0));
  const header = JSON.parse(file.subarray(8, 8 + headerLength).toString());
  return <D extends keyof typeof arrays>(name: string, dtype: D) => {
    const { shape, data_offsets } = header[name] as { shape: number[]; data_offsets: [number, number] };
    const [start, end] = data_offsets.map((offset) => offset + 8 + headerLength);
    const bytes = Uint8Array.from(file.subarray(start, end));
    return hostTensor(dtype, shape, new arrays[dtype](bytes.buffer) as TypedArrayOf[D]);
  };
}

it("has the figures that numpy computed, to 1e-9, for every golden vector that has some", async () => {
  const { cases } = JSON.parse(await readFile(new URL("contract.json", fixtures), "utf8")) as { cases: GoldenCase[] };
  const tensorOf = await openTensors();
  const measured = cases.filter(({ error }) => error !== undefined);
  expect(measured.length).toBeGreaterThan(400);
  for (const { id, x, quantized, scale, dtype, dim, group, error } of measured) {
    const options = { dim: dim ?? null, groupSize: group ?? null };
    const codes = tensorOf(quantized, "int8");
    const got = calculateQuantizationError(tensorOf(x, dtype), codes, tensorOf(scale, "float32"), options);
    for (const figure of ["maxAbsError", "meanAbsError", "relativeErrorPct", "snrDb"] as const) {
      const wanted = error![figure] ?? Number.POSITIVE_INFINITY;
      const close = got[figure] === wanted || Math.abs(got[figure] - wanted) <= 1e-9 * Math.abs(wanted);
      expect(close, `${id}: ${figure} is ${got[figure]}, numpy has ${wanted}`).toBe(true);
    }
  }
});
