import { quantizeCheckpoint } from "@octet/checkpoint";
import { createReferenceBackend } from "@octet/core";
import { encodeSafetensors } from "@octet/safetensors";
import { expect, test } from "vitest";
import { hex, MemoryFiles } from "./support/memory-files.ts";
import { float32Tensor } from "./support/seeded-values.ts";

const backend = createReferenceBackend();

/** The weight of the worked example in the description of the formats. */
const weight = [
  [1.0, -2.0, 0.5, -0.25, 3.0, -4.0, 2.0, -1.0],
  [0.1, 0.2, -0.3, 0.4, -0.5, 0.6, -0.7, 0.8],
];

async function quantizeColumns(columns: number, options: object = {}): Promise<MemoryFiles> {
  const values = weight.flatMap((row) => row.slice(0, columns));
  const input = encodeSafetensors([float32Tensor("l.weight", [2, columns], values)]);
  const files = new MemoryFiles({ "model.safetensors": input });
  await quantizeCheckpoint(files.source(), files.createSink, { backend, ...options });
  return files;
}

async function tensorBytes(files: MemoryFiles, name: string): Promise<string> {
  const reader = await files.reader();
  return hex(await reader.read(name));
}

test("compressed-tensors, 8 columns: the data of the worked file, in its order", async () => {
  const files = await quantizeColumns(8);
  const data = files.bytes("model.safetensors").subarray(-40);
  expect(hex(data.subarray(0, 16))).toBe("02 00 00 00 00 00 00 00 08 00 00 00 00 00 00 00");
  expect(hex(data.subarray(16, 24))).toBe("04 02 01 3d a0 69 ce 3b");
  expect(hex(data.subarray(24))).toBe("a0 40 90 78 df 01 c0 60 90 a0 50 c0 31 df 11 ff");
});

test("compressed-tensors: the header of the worked file, but for the metadata", async () => {
  const files = await quantizeColumns(8);
  const bytes = files.bytes("model.safetensors");
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  const header = new TextDecoder().decode(bytes.subarray(8, 8 + length));
  expect(header.replace(/^\{"__metadata__":\{.*?\},"l/, '{"l').trimEnd()).toBe(
    '{"l.weight_shape":{"dtype":"I64","shape":[2],"data_offsets":[0,16]},' +
      '"l.weight_scale":{"dtype":"F32","shape":[2,1],"data_offsets":[16,24]},' +
      '"l.weight_packed":{"dtype":"I32","shape":[2,2],"data_offsets":[24,40]}}',
  );
});

test("int8, 8 columns: the codes as they are", async () => {
  const files = await quantizeColumns(8, { format: "int8" });
  expect(await tensorBytes(files, "l.weight")).toBe("20 c0 10 f8 5f 81 40 e0 10 20 d0 40 b1 5f 91 7f");
  expect(await tensorBytes(files, "l.weight_scale")).toBe("04 02 01 3d a0 69 ce 3b");
  const { tensors } = await files.reader();
  expect(tensors.get("l.weight")).toMatchObject({ dtype: "I8", shape: [2, 8] });
  expect(tensors.get("l.weight_scale")).toMatchObject({ dtype: "F32", shape: [2, 1] });
});

// By hand: row 0 is divided by 3/127 (K = 5) or 4/127 (K = 6), row 1 by 0.5/127 or 0.6/127; each row ends in bytes of 0.
test("8 bits, 5 columns: three bytes of padding a row", async () => {
  const files = await quantizeColumns(5);
  expect(await tensorBytes(files, "l.weight_packed")).toBe("aa 2b 95 75 ff 00 00 00 99 b3 34 e6 01 00 00 00");
  expect(await tensorBytes(files, "l.weight_shape")).toBe("02 00 00 00 00 00 00 00 05 00 00 00 00 00 00 00");
});

test("8 bits, 6 columns: two bytes of padding a row", async () => {
  const files = await quantizeColumns(6);
  expect(await tensorBytes(files, "l.weight_packed")).toBe("a0 40 90 78 df 01 00 00 95 aa 40 d5 16 ff 00 00");
});

// By hand, qmax 7 and offset 8: row 0 is 2, -3 (fl32(4/7) is above 4/7, so it is no tie), 1, 0, 5, -7, 3, -2.
test("4 bits, 8 columns: two codes a byte, lowest bits first", async () => {
  const files = await quantizeColumns(8, { bits: 4 });
  expect(await tensorBytes(files, "l.weight_packed")).toBe("5a 89 1d 6b a9 c5 d4 f2");
  expect(await tensorBytes(files, "l.weight_scale")).toBe("25 49 12 3f a1 0e ea 3d");
});
