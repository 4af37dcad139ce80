import { activation, type Backend, hostTensor, type QuantizedTensor, quantize, type Tensor } from "@octet/core";
import { createWasmBackend } from "@octet/wasm";
import { describe, expect, it, vi } from "vitest";

/** Tries to change what a caller may not; frozen things throw here, which is as good. */
function tamper(change: () => unknown): void {
  try {
    change();
  } catch (error) {
    expect(error).toBeInstanceOf(TypeError);
  }
}

const ways: readonly [string, (tensor: never) => unknown][] = [
  ["an extent", (tensor: { shape: number[] }) => (tensor.shape[0] = 20)],
  ["the length of the shape", (tensor: { shape: number[] }) => tensor.shape.push(20)],
  ["the shape", (tensor: { shape: number[] }) => (tensor.shape = [20, 4])],
  ["the shape, by definition", (tensor: object) => Object.defineProperty(tensor, "shape", { value: [20, 4] })],
  ["the dtype", (tensor: { dtype: string }) => (tensor.dtype = "int32")],
  ["the dtype, by definition", (tensor: object) => Object.defineProperty(tensor, "dtype", { value: "int32" })],
  ["the granularity", (tensor: { granularity: object }) => (tensor.granularity = { kind: "group", size: 1 })],
  [
    "the size of groups",
    (tensor: { granularity?: { size: number } }) => ((tensor.granularity ?? { size: 0 }).size = 1),
  ],
  ["the bytes", (tensor: { byteLength: number }) => (tensor.byteLength = 1000)],
];

describe.each([1, 2])("with %i threads", (threads) => {
  describe.each(ways)("changing %s", (_name, change) => {
    it("of a tensor gives nobody its neighbour's memory", async () => {
      using backend = await createWasmBackend({ threads });
      const floats = backend.upload(hostTensor("float32", [2, 4], new Float32Array(8).fill(1)));
      backend.upload(hostTensor("float32", [100], new Float32Array(100).fill(7)));
      const results = [quantize(floats, { granularity: { kind: "group", size: 2 } }), activation(floats, "relu")];
      for (const tensor of [floats, ...results]) await check(backend, tensor, change);
    });
  });

  it("a download under way is of what it was called with", async () => {
    using backend = await createWasmBackend({ threads });
    const shape = [2, 4];
    const x = backend.upload(hostTensor("float32", shape, new Float32Array(8).fill(1)));
    const download = backend.download(activation(x, "relu"));
    shape[0] = 20;
    expect((await download).data).toEqual(new Float32Array(8).fill(1));
    expect(x.shape).toEqual([2, 4]);
  });
});

async function check(
  backend: Backend,
  tensor: Tensor | QuantizedTensor,
  change: (tensor: never) => unknown,
): Promise<void> {
  const before = await backend.download(tensor as Tensor);
  const memory = backend.memory();
  tamper(() => change(tensor as never));
  expect(await backend.download(tensor as Tensor)).toEqual(before);
  expect(backend.memory()).toEqual(memory);
}

it("a host without room for a copy is ERR_OUT_OF_MEMORY", async () => {
  using backend = await createWasmBackend({ threads: 1 });
  const x = backend.upload(hostTensor("float32", [2], new Float32Array(2)));
  const slice = vi.spyOn(Uint8Array.prototype, "slice").mockImplementation(() => {
    throw new RangeError("Array buffer allocation failed");
  });
  await expect(backend.download(x)).rejects.toMatchObject({ code: "ERR_OUT_OF_MEMORY", cause: expect.any(RangeError) });
  slice.mockRestore();
  expect((await backend.download(x)).data).toEqual(new Float32Array(2));
});
