import { blobSource, encodeSafetensors, openSafetensors } from "@octet/safetensors";
import { describe, expect, test } from "vitest";
import { expectRefusal, randomBytes } from "./support.ts";

describe("blobSource", () => {
  const data = randomBytes(4097, 3);
  const file = encodeSafetensors([{ name: "w", dtype: "U8", shape: [4097], data }]);

  test("reads a Blob of several parts, seed 3", async () => {
    const blob = new Blob([file.slice(0, 5), file.slice(5, 100), file.slice(100)]);
    await using reader = await openSafetensors(blobSource(blob));
    expect(await reader.read("w")).toEqual(data);
    expect(await reader.readRange("w", 33, 40)).toEqual(data.slice(33, 40));
  });

  test("refuses what lies outside, and reading after close", async () => {
    const source = blobSource(new Blob([file]));
    expect(source.size).toBe(file.byteLength);
    for (const [offset, length] of [
      [0, file.byteLength + 1],
      [file.byteLength, 1],
      [-1, 1],
      [0, -1],
      [0.5, 1],
      [Number.NaN, 1],
    ]) {
      await expectRefusal(source.read(offset, length), "ERR_FORMAT");
    }
    expect((await source.read(file.byteLength, 0)).byteLength).toBe(0);
    await source.close();
    await source.close();
    await expectRefusal(source.read(0, 1), "ERR_DISPOSED");
  });

  test("a Blob that cannot be read any more is ERR_UNAVAILABLE", async () => {
    const blob = new Blob([file]);
    blob.slice = () => ({ arrayBuffer: () => Promise.reject(new Error("changed")) }) as unknown as Blob;
    await expectRefusal(blobSource(blob).read(0, 8), "ERR_UNAVAILABLE");
  });
});
