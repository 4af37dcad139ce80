import { httpSource, type OwnedByteSource } from "@octet/safetensors";
import { beforeEach, describe, expect, test } from "vitest";
import { rangeOf, ranges, TestServer } from "./http-server.ts";
import { expectRefusal, randomBytes } from "./support.ts";

const seed = 31;
const file = randomBytes(3_000_000, seed);
const server = TestServer.forFile();
let source: OwnedByteSource;

beforeEach(async () => {
  server.handler = ranges(file);
  source = await httpSource(`${server.origin}/a`);
  server.requests.length = 0;
});

const asked = (): (readonly [first: number, length: number])[] =>
  server.requests.map(rangeOf).map(([first, last]) => [first, last + 1 - first]);

/** Reads each piece, all at the same time, and compares the bytes. */
async function readAll(pieces: readonly (readonly [offset: number, length: number])[]): Promise<void> {
  const read = await Promise.all(pieces.map(([offset, length]) => source.read(offset, length)));
  for (const [at, [offset, length]] of pieces.entries()) {
    expect(read[at]).toEqual(file.slice(offset, offset + length));
    expect(read[at].buffer.byteLength).toBe(length);
  }
}

describe(`small reads, seed ${seed}`, () => {
  test("at the same time, side by side, share a request, in any order", async () => {
    const pieces = Array.from({ length: 1000 }, (_, at) => [5 + ((at * 617) % 1000) * 16, 16] as const);
    await readAll(pieces);
    expect(asked()).toEqual([[5, 16_000]]);
  });

  test("share a request over a gap of 4096 bytes, and over no larger one", async () => {
    await readAll([
      [100, 10],
      [4206, 10],
      [8313, 10],
    ]);
    expect(asked().sort(([left], [right]) => left - right)).toEqual([
      [100, 4116],
      [8313, 10],
    ]);
  });

  test("inside each other share a request", async () => {
    await readAll([
      [50, 1000],
      [50, 10],
      [1000, 50],
      [60, 10],
      [1040, 20],
      [1041, 2],
    ]);
    expect(asked()).toEqual([[50, 1010]]);
    await readAll([
      [100_000, 10],
      [100_000, 1000],
    ]);
    expect(asked()[1]).toEqual([100_000, 1000]);
  });

  test("share at most 512 KiB", async () => {
    await readAll(Array.from({ length: 300 }, (_, at) => [at * 4000, 4000] as const));
    for (const [, length] of asked()) expect(length).toBeLessThanOrEqual(2 ** 19);
    expect(asked().length).toBe(3);
  });

  test("one after the other fetch ahead, twice as much each time, up to 512 KiB and the end", async () => {
    for (let offset = 0; offset < file.length; offset += 1000) await readAll([[offset, 1000]]);
    const lengths = asked().map(([, length]) => length);
    expect(lengths.slice(0, 4)).toEqual([1000, 2000, 4000, 8000]);
    expect(Math.max(...lengths)).toBe(2 ** 19);
    expect(asked().length).toBeLessThan(17);
    const [first, length] = asked().at(-1)!;
    expect(first + length).toBe(file.length);
  });

  test("in two places by turns fetch ahead in both", async () => {
    for (let at = 0; at < 500; at++) {
      await readAll([[at * 100, 100]]);
      await readAll([[2_000_000 + at * 50, 50]]);
    }
    expect(asked().length).toBeLessThan(25);
  });

  test("apart from each other fetch no more than is read", async () => {
    const pieces = Array.from({ length: 20 }, (_, at) => [at * 100_000, 33] as const);
    for (const piece of pieces) await readAll([piece]);
    expect(asked()).toEqual(pieces);
  });

  test("again are served from what is there", async () => {
    await readAll([[1000, 500]]);
    await readAll([
      [1000, 500],
      [1100, 7],
      [1499, 1],
    ]);
    expect(asked()).toEqual([[1000, 500]]);
  });

  test("do not share memory", async () => {
    (await source.read(1000, 500)).fill(0);
    await readAll([[1000, 500]]);
  });

  test("only the last four places are kept", async () => {
    for (let at = 0; at < 5; at++) await readAll([[at * 100_000, 10]]);
    for (const at of [4, 3, 2, 1]) await readAll([[at * 100_000, 10]]);
    expect(asked().length).toBe(5);
    await readAll([[0, 10]]);
    expect(asked().length).toBe(6);
    for (const at of [1, 2, 3]) await readAll([[at * 100_000, 10]]); // 4 was not used for longest
    expect(asked().length).toBe(6);
    await readAll([[400_000, 10]]);
    expect(asked().length).toBe(7);
  });

  test("of 64 KiB are small, of one byte more have a request of their own", async () => {
    await readAll([
      [0, 65_536],
      [65_536, 65_536],
    ]);
    expect(asked()).toEqual([[0, 131_072]]);
    await readAll([
      [200_000, 65_537],
      [265_537, 65_537],
    ]);
    expect(asked().length).toBe(3);
  });

  test("that fail all say so, and the next one asks again", async () => {
    server.handler = (_, response) => response.writeHead(403).end();
    const reads = [source.read(0, 8), source.read(8, 8), source.read(2, 3)];
    await Promise.all(reads.map((read) => expectRefusal(read, "ERR_UNAVAILABLE", "403")));
    expect(asked()).toEqual([[0, 16]]);
    server.handler = ranges(file);
    await readAll([[0, 8]]);
    expect(asked().at(-1)).toEqual([0, 8]);
  });

  test("after the file has changed are refused where they ask for more", async () => {
    await readAll([[0, 100]]);
    server.handler = ranges(file.slice(0, -1));
    await readAll([[50, 50]]);
    await expectRefusal(source.read(100, 1), "ERR_FORMAT", "changed");
  });
});
