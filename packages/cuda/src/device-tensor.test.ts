import { createCUDABackend } from "@octet/cuda";
import { expect, test } from "vitest";
import { emulatorMissing } from "../test/emulator.ts";

test.skipIf(emulatorMissing)("handles cannot be changed", async () => {
  using backend = await createCUDABackend({ emulated: true });
  const x = backend.upload({ dtype: "float32", shape: [2, 4], data: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8) });
  const weight = backend.quantize(x, { granularity: { kind: "group", size: 2 } });
  const uploaded = backend.upload(await backend.download(weight));
  using chain = backend.capture(x, (input) => backend.activation(input, "relu"));
  const tensors = [x, weight, uploaded, backend.dequantize(weight), backend.linear(x, weight), chain.run(x)];
  for (const tensor of tensors) {
    const parts = [tensor, tensor.shape, ...("granularity" in tensor ? [tensor.granularity] : [])];
    for (const part of parts) expect(Object.isFrozen(part)).toBe(true);
    expect(() => Object.assign(tensor.shape, { 0: 20 })).toThrow(TypeError);
  }
  for (const tensor of tensors) tensor.dispose();
  expect(tensors.every(({ disposed }) => disposed)).toBe(true);
});
