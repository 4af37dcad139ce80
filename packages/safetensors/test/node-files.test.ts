import { execFileSync } from "node:child_process";
import { mkdtemp, open, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { createSafetensorsWriter, encodeSafetensors, openSafetensors, type TensorData } from "@octet/safetensors";
import { fileSink, fileSource, readRegularFile } from "@octet/safetensors/node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { expectRefusal, randomBytes } from "./support.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "octet-safetensors-"));
});
afterAll(() => rm(folder, { recursive: true }));

const tensors: TensorData[] = [
  { name: "w", dtype: "F32", shape: [33, 7], data: randomBytes(33 * 7 * 4, 5) },
  { name: "b", dtype: "I8", shape: [7], data: randomBytes(7, 6) },
];
const encoded = encodeSafetensors(tensors, { format: "pt" });

describe("fileSource", () => {
  test("reads a file, by path and by URL, seed 5", async () => {
    const path = join(folder, "a file.safetensors");
    await writeFile(path, encoded);
    for (const place of [path, pathToFileURL(path)]) {
      await using reader = await openSafetensors(await fileSource(place));
      for (const { name, data } of tensors) expect(await reader.read(name)).toEqual(data);
      const ranges = await Promise.all([0, 100, 900].map((start) => reader.readRange("w", start, start + 7)));
      expect(ranges).toEqual([0, 100, 900].map((start) => tensors[0].data.slice(start, start + 7)));
    }
  });

  test("passes the system's errors on", async () => {
    await expect(fileSource(join(folder, "absent"))).rejects.toMatchObject({ code: "ENOENT" });
  });

  test("refuses a folder", async () => {
    await expectRefusal(fileSource(folder), "ERR_FORMAT", "regular file");
  });

  test("refuses a pipe, without waiting for a writer", async () => {
    const path = join(folder, "pipe");
    execFileSync("mkfifo", [path]);
    await expectRefusal(fileSource(path), "ERR_FORMAT", "regular file");
  });

  test("refuses a file that became shorter", async () => {
    const path = join(folder, "shrinking.safetensors");
    await writeFile(path, encoded);
    await using reader = await openSafetensors(await fileSource(path));
    await truncate(path, encoded.byteLength - 1);
    await expectRefusal(reader.read("b"), "ERR_FORMAT", "shorter");
  });

  test("refuses what lies outside, and reading after close", async () => {
    const path = join(folder, "closed.safetensors");
    await writeFile(path, encoded);
    const source = await fileSource(path);
    await expectRefusal(source.read(encoded.byteLength, 1), "ERR_FORMAT");
    const target = new Uint8Array(7);
    await source.readInto?.(8, target);
    expect(target).toEqual(encoded.slice(8, 15));
    await expectRefusal(source.readInto!(encoded.byteLength - 6, target), "ERR_FORMAT");
    await Promise.all([source.close(), source.close()]);
    await expectRefusal(source.read(0, 1), "ERR_DISPOSED");
  });

  test("reads beyond 2^31 and 2^32 bytes of a sparse file of 5 GiB", async () => {
    const path = join(folder, "large.safetensors");
    const specs = [
      { name: "large", dtype: "U8", shape: [5, 2 ** 30] },
      { name: "last", dtype: "U8", shape: [3] },
    ] as const;
    const head: Uint8Array[] = [];
    const writer = await createSafetensorsWriter({ write: async (bytes) => void head.push(bytes) }, { tensors: specs });
    const handle = await open(path, "w");
    await handle.write(head[0], 0, head[0].byteLength, 0);
    const place = (offset: number): number => head[0].byteLength + offset;
    const marks = [2 ** 31 - 2, 2 ** 32 - 2, 5 * 2 ** 30 - 4];
    for (const mark of marks) await handle.write(Uint8Array.of(1, 2, 3, 4), 0, 4, place(mark));
    await handle.write(Uint8Array.of(7, 8, 9), 0, 3, writer.byteLength - 3);
    await handle.close();
    await using reader = await openSafetensors(await fileSource(path));
    expect(reader.tensors.get("large")?.byteLength).toBe(5 * 2 ** 30);
    for (const mark of marks)
      expect([...(await reader.readRange("large", mark - 1, mark + 4))]).toEqual([0, 1, 2, 3, 4]);
    expect([...(await reader.read("last"))]).toEqual([7, 8, 9]);
    await rm(path);
  });
});

describe("readRegularFile", () => {
  test("reads all bytes of a file that is as large as the limit, and refuses a larger one before it reads", async () => {
    const path = join(folder, "small.json");
    await writeFile(path, "{}");
    expect(await readRegularFile(path, 2)).toEqual(Uint8Array.of(123, 125));
    await expectRefusal(readRegularFile(path, 1), "ERR_FORMAT", "2 bytes, the limit is 1");
    await truncate(path, 2 ** 40); // sparse: reading it would take all memory there is
    await expectRefusal(readRegularFile(path, 2 ** 24), "ERR_FORMAT", "the limit is 16777216");
  });

  test("refuses a pipe and a device that never ends", async ({ skip }) => {
    if (process.platform === "win32") skip("Windows has neither");
    const path = join(folder, "config pipe");
    execFileSync("mkfifo", [path]);
    await expectRefusal(readRegularFile(path, 100), "ERR_FORMAT", "regular file");
    await expectRefusal(readRegularFile("/dev/zero", 100), "ERR_FORMAT", "regular file");
  });
});

test.each([undefined, null, 7, "a\0b", new URL("https://name:secret@host/x"), new URL("file:///a%2Fb"), ["a"], {}])(
  "a path that is not one is refused with a code: %s",
  async (path) => {
    const wrong = path as string;
    for (const open of [() => fileSource(wrong), () => readRegularFile(wrong, 1), () => fileSink(wrong)]) {
      await expect(open()).rejects.toMatchObject({
        code: "ERR_UNSUPPORTED",
        message: expect.not.stringContaining("secret"),
      });
    }
  },
);

describe("fileSink", () => {
  test("writes the bytes that encodeSafetensors gives, over what was there", async () => {
    const path = join(folder, "written.safetensors");
    await writeFile(path, new Uint8Array(encoded.byteLength + 100));
    {
      await using sink = await fileSink(path);
      const writer = await createSafetensorsWriter(sink, { tensors, metadata: { format: "pt" } });
      const piece = new Uint8Array(10);
      for (const { name, byteLength } of writer.tensors) {
        const { data } = tensors.find((tensor) => tensor.name === name)!;
        for (let at = 0; at < byteLength; at += piece.byteLength) {
          const rest = data.subarray(at, at + piece.byteLength);
          piece.set(rest); // one buffer for all pieces
          await writer.write(name, piece.subarray(0, rest.byteLength));
        }
      }
      await writer.finish();
      await sink.sync();
    }
    expect(new Uint8Array(await readFile(path))).toEqual(encoded);
  });

  test("makes a file with the permissions that it is told, and refuses options that it does not know", async ({
    skip,
  }) => {
    if (process.platform === "win32") skip("Windows has no such permissions");
    const path = join(folder, "private.safetensors");
    await (await fileSink(path, { mode: 0o600 })).close();
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    for (const options of [{ flags: "nope" }, { mode: "x" }, { mode: -1 }, { mode: 0.5 }]) {
      await expectRefusal(fileSink(path, options as object), "ERR_UNSUPPORTED");
    }
  });

  test("takes the flags of fs.open, and passes the system's errors on", async () => {
    const path = join(folder, "exclusive.safetensors");
    await (await fileSink(path, { flags: "wx" })).close();
    await expect(fileSink(path, { flags: "wx" })).rejects.toMatchObject({ code: "EEXIST" });
    const sink = await fileSink(path);
    await Promise.all([sink.close(), sink.close()]);
    await expect(sink.write(Uint8Array.of(1))).rejects.toThrow();
  });
});
