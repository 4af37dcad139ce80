import { expect, test } from "vitest";
import { writeFully } from "./file-sink.ts";
import { readFully } from "./file-source.ts";

const content = Uint8Array.from({ length: 33 }, (_, at) => at);

/** Gives at most `most` bytes a call, as systems do, and notes what was asked for. */
function handle(most: number) {
  const asked: [number, number][] = [];
  const written: number[] = [];
  return {
    asked,
    written,
    read: async (bytes: Uint8Array, offset: number, length: number, position: number) => {
      asked.push([position, length]);
      const part = content.subarray(position, position + Math.min(length, most));
      bytes.set(part, offset);
      return { bytesRead: part.byteLength, buffer: bytes };
    },
    write: async (bytes: Uint8Array, offset: number, length: number) => {
      asked.push([offset, length]);
      const part = bytes.subarray(offset, offset + Math.min(length, most));
      written.push(...part);
      return { bytesWritten: part.byteLength, buffer: bytes };
    },
  };
}

test.each([1, 7, 32, 33, 100])("calls that move %i bytes at most fill and empty a buffer", async (most) => {
  const reading = handle(most);
  const bytes = new Uint8Array(31);
  await readFully(reading as unknown as Parameters<typeof readFully>[0], bytes, 2, 100);
  expect(bytes).toEqual(content.slice(2));
  const writing = handle(most);
  await writeFully(writing as unknown as Parameters<typeof writeFully>[0], content, 100);
  expect(writing.written).toEqual([...content]);
});

test("no call asks for more than the largest", async () => {
  const reading = handle(100);
  await readFully(reading as unknown as Parameters<typeof readFully>[0], new Uint8Array(33), 0, 16);
  const writing = handle(100);
  await writeFully(writing as unknown as Parameters<typeof writeFully>[0], content, 16);
  const expected = [
    [0, 16],
    [16, 16],
    [32, 1],
  ];
  expect(reading.asked).toEqual(expected);
  expect(writing.asked).toEqual(expected);
});
