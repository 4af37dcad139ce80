import {
  createSafetensorsWriter,
  encodeSafetensors,
  type SafetensorsDType,
  safetensorsLimits,
  type TensorData,
  type TensorSpec,
} from "@octet/safetensors";
import { describe, expect, test } from "vitest";
import { expectRefusal, memorySink } from "./support.ts";

describe("refused before anything is written", () => {
  test.each<[string, string, TensorSpec[]]>([
    ["the name __metadata__", "ERR_FORMAT", [{ name: "__metadata__", dtype: "U8", shape: [0] }]],
    ["a lone surrogate", "ERR_FORMAT", [{ name: "w\ud800", dtype: "U8", shape: [0] }]],
    [
      "a duplicate name",
      "ERR_FORMAT",
      [
        { name: "w", dtype: "U8", shape: [0] },
        { name: "w", dtype: "I8", shape: [0] },
      ],
    ],
    [
      "a name over the limit",
      "ERR_FORMAT",
      [{ name: "n".repeat(safetensorsLimits.nameLength + 1), dtype: "U8", shape: [0] }],
    ],
    ["an unknown dtype", "ERR_DTYPE", [{ name: "w", dtype: "float32" as SafetensorsDType, shape: [0] }]],
    ["a dtype of Object.prototype", "ERR_DTYPE", [{ name: "w", dtype: "toString" as SafetensorsDType, shape: [0] }]],
    ["a negative dimension", "ERR_SHAPE", [{ name: "w", dtype: "U8", shape: [-1] }]],
    ["a fraction", "ERR_SHAPE", [{ name: "w", dtype: "U8", shape: [1.5] }]],
    ["NaN", "ERR_SHAPE", [{ name: "w", dtype: "U8", shape: [Number.NaN] }]],
    ["a dimension of 2^53", "ERR_SHAPE", [{ name: "w", dtype: "U8", shape: [2 ** 53] }]],
    [
      "too many dimensions",
      "ERR_SHAPE",
      [{ name: "w", dtype: "U8", shape: new Array(safetensorsLimits.rank + 1).fill(1) }],
    ],
    ["an odd number of F4", "ERR_FORMAT", [{ name: "w", dtype: "F4", shape: [3, 7] }]],
    ["too many bytes to count", "ERR_FORMAT", [{ name: "w", dtype: "F64", shape: [2 ** 31, 2 ** 31] }]],
    [
      "a total over 2^53",
      "ERR_FORMAT",
      [
        { name: "v", dtype: "U8", shape: [2 ** 53 - 1] },
        { name: "w", dtype: "U8", shape: [1] },
      ],
    ],
  ])("%s", async (_, code, tensors) => {
    const sink = memorySink();
    const name = tensors.at(-1)!.name;
    await expectRefusal(
      createSafetensorsWriter(sink, { tensors }),
      code,
      JSON.stringify(name.slice(0, 200)).slice(0, -1),
    );
    expect(sink.bytes().byteLength).toBe(0);
  });

  test("a header over the limit of 100 MB, which the reader would refuse", async () => {
    const metadata = { long: "x".repeat(safetensorsLimits.headerBytes) };
    const sink = memorySink();
    await expectRefusal(createSafetensorsWriter(sink, { tensors: [], metadata }), "ERR_FORMAT", "several files");
    // Two bytes of UTF-8 for each character: only the encoded text passes the limit.
    const wide = { long: "é".repeat(safetensorsLimits.headerBytes / 2) };
    await expectRefusal(createSafetensorsWriter(sink, { tensors: [], metadata: wide }), "ERR_FORMAT", "several files");
    expect(sink.bytes().byteLength).toBe(0);
  });

  test("more tensors than the limit", async () => {
    function* specs(): Generator<TensorSpec> {
      for (let at = 0; at <= safetensorsLimits.tensors; at++) yield { name: `${at}`, dtype: "U8", shape: [0] };
    }
    await expectRefusal(
      createSafetensorsWriter(memorySink(), { tensors: specs() }),
      "ERR_FORMAT",
      `${safetensorsLimits.tensors}`,
    );
  });

  test("data that is not as long as its tensor, in encodeSafetensors", async () => {
    for (const length of [0, 7, 9]) {
      const encode = async (): Promise<unknown> =>
        encodeSafetensors([{ name: "w", dtype: "F32", shape: [2], data: new Uint8Array(length) }]);
      await expectRefusal(encode(), "ERR_SHAPE", '"w"', "8", `${length}`);
    }
  });
});

describe("what no compiler has checked", () => {
  const values = Float32Array.of(1, -2, 0.5, 4);
  const tensor = { name: "w", dtype: "F32", shape: [2, 2], data: new Uint8Array(16) };
  test.each<[string, string, unknown, string]>([
    ["floats in place of bytes", "ERR_DTYPE", [{ ...tensor, data: values }], '"w"'],
    ["as many floats as there are bytes", "ERR_DTYPE", [{ ...tensor, data: new Float32Array(16) }], "Float32Array"],
    ["an ArrayBuffer", "ERR_DTYPE", [{ ...tensor, data: values.buffer }], "ArrayBuffer"],
    ["no data", "ERR_DTYPE", [{ ...tensor, data: undefined }], '"w"'],
    ["no name", "ERR_FORMAT", [tensor, { ...tensor, name: undefined }], "tensor 1"],
    ["no shape", "ERR_SHAPE", [{ ...tensor, shape: undefined }], '"w"'],
    ["an object of tensors", "ERR_FORMAT", { w: tensor }, "array"],
    ["nothing", "ERR_FORMAT", undefined, "array"],
  ])("encodeSafetensors refuses %s", async (_, code, tensors, text) => {
    const encode = async () => encodeSafetensors(tensors as TensorData[]);
    await expectRefusal(encode(), code, text);
  });
});
