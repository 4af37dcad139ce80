import { type FloatDType, floatDTypes, hostTensor, linear, quantize } from "@octet/core";
import { createWasmBackend } from "@octet/wasm";
import { expect, test } from "vitest";

const nan: Readonly<Record<FloatDType, number>> = { float32: 0x7fc00000, float16: 0x7e00, bfloat16: 0x7fc0 };

// Engines propagate what NaNs carry in one order or another, depending on how often a function ran.
test.each(
  (["plain", "relaxed"] as const).flatMap((simd) =>
    [1, 3].flatMap((m) => floatDTypes.map((dtype) => [simd, m, dtype] as const)),
  ),
)("a float linear has one NaN, whatever NaNs it was given: %s SIMD, %i rows, to %s", async (simd, m, dtype) => {
  using backend = await createWasmBackend({ simd, threads: 1 });
  const [n, k] = [9, 35];
  const bits = Uint32Array.from({ length: m * k }, (_, i) => [0xffc12345, 0x7f800000, 0x7fd54321, 0xff800000][i % 4]);
  const x = backend.upload(hostTensor("float32", [m, k], new Float32Array(bits.buffer)));
  const floats = backend.upload(
    hostTensor(
      "float32",
      [n, k],
      Float32Array.from({ length: n * k }, (_, i) => i - 50),
    ),
  );
  for (const weight of [floats, quantize(floats, { granularity: { kind: "channel", dim: 0 } })]) {
    const { data } = await backend.download(linear(x, weight, { dtype }));
    const got = dtype === "float32" ? new Uint32Array(data.buffer) : new Uint16Array(data.buffer);
    expect([...got]).toEqual(new Array(m * n).fill(nan[dtype]));
  }
});
