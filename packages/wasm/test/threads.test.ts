import {
  activation,
  type Backend,
  type FloatDType,
  hostTensor,
  linear,
  quantize,
  quantizeSymmetric,
  type Tensor,
} from "@octet/core";
import { createWasmBackend } from "@octet/wasm";
import { expect, test } from "vitest";
import { values } from "./support/values.ts";

/** The bits of every bounded op, in shapes that fall apart into chunks. */
async function runBounded(backend: Backend): Promise<unknown[]> {
  const results: unknown[] = [];
  for (const [m, n, k] of [
    [1, 1001, 300],
    [1, 97, 4100],
    [5, 203, 129],
    [130, 131, 1030],
  ]) {
    const x = backend.upload(values(m, [m, k], "float32"));
    const floats = backend.upload(values(n, [n, k], "float32"));
    const weights = [floats, quantize(floats, { granularity: { kind: "channel", dim: 0 } })];
    for (const weight of weights) results.push(await backend.download(linear(x, weight)));
    results.push(await backend.download(activation(floats, "gelu")));
  }
  return results;
}

test("bounded ops have the same bits with 1, 2 and 3 threads (seeds 1, 5, 97, 130, 131, 203, 1001)", async () => {
  const [one, two, three] = await Promise.all(
    [1, 2, 3].map(async (threads) => {
      using backend = await createWasmBackend({ threads });
      return await runBounded(backend);
    }),
  );
  expect(two).toEqual(one);
  expect(three).toEqual(one);
});

test.each([1, 2])(
  "columns that fall apart into strips have the reference's codes, %i threads (seed 7)",
  async (threads) => {
    const host = values(7, [300, 5003], "float32");
    const wanted = quantizeSymmetric(host, { dim: 1 });
    using backend = await createWasmBackend({ threads });
    const x = backend.upload(host);
    const { quantized, scale } = await backend.download(quantize(x, { granularity: { kind: "channel", dim: 1 } }));
    expect(quantized).toEqual(wanted.quantized);
    expect(scale.data).toEqual(wanted.scale.data);
  },
);

test("info says how many threads run, and on what", async () => {
  using backend = await createWasmBackend({ threads: 2, simd: "plain" });
  expect(backend.info).toMatchObject({ name: "wasm", features: ["simd", "threads=2"] });
  expect(backend.info.device).toBe("CPU, WebAssembly SIMD, 2 threads");
});

test.each([0, 1.5, -1, Number.NaN, 257])("%d threads are refused", async (threads) => {
  await expect(createWasmBackend({ threads })).rejects.toMatchObject({
    code: "ERR_UNSUPPORTED",
    message: `got threads ${threads}; use a whole number from 1 to 256`,
  });
});

test("with one thread a NaN is thrown at the call, with two it rejects what reads it", async () => {
  const nan = hostTensor("float32", [1, 2], new Float32Array([1, Number.NaN]));
  const options = { granularity: { kind: "tensor" } } as const;
  using one = await createWasmBackend({ threads: 1 });
  expect(() => quantize(one.upload(nan), options)).toThrow(expect.objectContaining({ code: "ERR_NON_FINITE" }));
  using two = await createWasmBackend({ threads: 2 });
  const codes = quantize(two.upload(nan), options);
  await expect(two.download(codes)).rejects.toMatchObject({ code: "ERR_NON_FINITE" });
  await two.sync();
  quantize(two.upload(nan), options);
  await expect(two.sync()).rejects.toMatchObject({ code: "ERR_NON_FINITE" });
});

test("a chain longer than the queue runs in order", async () => {
  using backend = await createWasmBackend({ threads: 2 });
  let x: Tensor<FloatDType> = backend.upload(hostTensor("float32", [3], new Float32Array([-1, 2, 300])));
  const one = backend.upload(hostTensor("float32", [3, 3], new Float32Array([0, 1, 0, 0, 0, 1, 1, 0, 0])));
  for (let i = 0; i < 999; i++) {
    const next = linear(x, one); // turns x by one place
    x.dispose();
    x = next;
  }
  expect([...(await backend.download(x)).data]).toEqual([-1, 2, 300]);
  expect(backend.memory().tensors).toBe(2);
});

test("disposing a backend ends downloads under way with ERR_DISPOSED, or with the data", async () => {
  const backend = await createWasmBackend({ threads: 2 });
  const x = backend.upload(values(3, [512, 512], "float32"));
  for (let i = 0; i < 20; i++) linear(x, x).dispose();
  const download = backend.download(linear(x, x));
  backend.dispose();
  await expect(download.then(({ shape }) => shape)).rejects.toMatchObject({ code: "ERR_DISPOSED" });
});
