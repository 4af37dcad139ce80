import {
  bitsPerElement,
  blobSource,
  bytesSource,
  createSafetensorsWriter,
  encodeSafetensors,
  httpFolder,
  httpSource,
  isSafetensorsDType,
  openSafetensors,
  openSharded,
} from "@octet/safetensors";
import { fileSink, fileSource } from "@octet/safetensors/node";
import { describe, expect, test } from "vitest";
import { expectRefusal } from "./support.ts";

/** What plain JavaScript may pass where something else is wanted. */
const values = [undefined, null, 0, -1, 1.5, Number.NaN, 7n, "text", "", true, Symbol("s"), () => {}, [], [null], {}];
const odd: unknown[] = [
  ...values,
  Object.create(null),
  new Date(Number.NaN),
  new Map(),
  Promise.resolve(1),
  new Proxy({}, {}),
];

const url = "http://127.0.0.1:1/a";
const file = encodeSafetensors([{ name: "w", dtype: "U8", shape: [3], data: Uint8Array.of(1, 2, 3) }]);
const sink = { write: async () => {} };
const spec = { name: "w", dtype: "U8", shape: [3] } as const;

/** A function as plain JavaScript sees it. */
// biome-ignore lint/suspicious/noExplicitAny: that is what it is about
const untyped = (call: (value: any) => unknown): ((value: unknown) => unknown) => call;

const codes = /^ERR_(UNSUPPORTED|FORMAT|DTYPE|SHAPE)$/;

/** Expects an OctetError, or that the value is one that the function takes. */
async function expectOctetError(call: () => unknown): Promise<void> {
  const error = await (async () => call())().then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error === undefined) return;
  expect(error).toMatchObject({ name: "OctetError", code: expect.stringMatching(codes) });
}

describe("misuse is an OctetError", () => {
  test.each<[string, (value: unknown) => unknown]>([
    ["bytesSource", untyped((value) => bytesSource(value))],
    ["blobSource", untyped((value) => blobSource(value))],
    ["httpSource, address", untyped((value) => httpSource(value))],
    [
      "httpSource, options",
      untyped(
        (value) =>
          value === undefined ||
          httpSource(url, value === null ? null : { signal: AbortSignal.abort(), ...Object(value), retries: "x" }),
      ),
    ],
    ["httpFolder, address", untyped((value) => httpFolder(value))],
    ["httpFolder, options", untyped((value) => httpFolder(url, value))],
    ["httpFolder, name", untyped((value) => value === "text" || httpFolder(url).open(value))],
    ["openSafetensors", untyped((value) => openSafetensors(value))],
    ["openSharded, index", untyped((value) => openSharded(value, async () => null))],
    ["openSharded, function", untyped((value) => openSharded('{"weight_map":{}}', value))],
    [
      "openSharded, source",
      untyped((value) => value === null || openSharded('{"weight_map":{"w":"a.safetensors"}}', async () => value)),
    ],
    ["bitsPerElement", untyped((value) => bitsPerElement(value))],
    ["isSafetensorsDType", untyped((value) => isSafetensorsDType(value))],
    ["encodeSafetensors, tensors", untyped((value) => encodeSafetensors(value))],
    ["encodeSafetensors, tensor", untyped((value) => encodeSafetensors([value]))],
    [
      "encodeSafetensors, name",
      untyped((value) => encodeSafetensors([{ ...spec, name: value, data: new Uint8Array(3) }])),
    ],
    [
      "encodeSafetensors, dtype",
      untyped((value) => encodeSafetensors([{ ...spec, dtype: value, data: new Uint8Array(3) }])),
    ],
    [
      "encodeSafetensors, shape",
      untyped((value) => encodeSafetensors([{ ...spec, shape: value, data: new Uint8Array(3) }])),
    ],
    [
      "encodeSafetensors, dimension",
      untyped((value) => encodeSafetensors([{ ...spec, shape: [value], data: new Uint8Array(3) }])),
    ],
    ["encodeSafetensors, data", untyped((value) => encodeSafetensors([{ ...spec, data: value }]))],
    ["encodeSafetensors, metadata", untyped((value) => encodeSafetensors([], value))],
    ["encodeSafetensors, metadata pair", untyped((value) => encodeSafetensors([], [value]))],
    ["encodeSafetensors, metadata text", untyped((value) => encodeSafetensors([], { key: value }))],
    ["createSafetensorsWriter, sink", untyped((value) => createSafetensorsWriter(value, { tensors: [] }))],
    ["createSafetensorsWriter, contents", untyped((value) => createSafetensorsWriter(sink, value))],
    [
      "writer.write, name",
      untyped(async (value) => (await createSafetensorsWriter(sink, { tensors: [spec] })).write(value, file)),
    ],
    [
      "writer.write, bytes",
      untyped(async (value) => (await createSafetensorsWriter(sink, { tensors: [spec] })).write("w", value)),
    ],
    ["reader.read", untyped(async (value) => (await openSafetensors(bytesSource(file))).read(value))],
    [
      "reader.readRange, start",
      untyped(async (value) => (await openSafetensors(bytesSource(file))).readRange("w", value, 2)),
    ],
    [
      "reader.readRange, end",
      untyped(async (value) => (await openSafetensors(bytesSource(file))).readRange("w", 0, value)),
    ],
    [
      "reader.readInto, start",
      untyped(async (value) => (await openSafetensors(bytesSource(file))).readInto("w", value, new Uint8Array(1))),
    ],
    [
      "reader.readInto, target",
      untyped(async (value) => (await openSafetensors(bytesSource(file))).readInto("w", 0, value)),
    ],
    ["source.read, offset", untyped((value) => bytesSource(file).read(value, 1))],
    ["source.read, length", untyped((value) => bytesSource(file).read(0, value))],
    ["source.readInto, target", untyped((value) => bytesSource(file).readInto!(0, value))],
    [
      "a source that gives something else",
      untyped((value) => openSafetensors({ size: 100, read: async () => value, close: async () => {} })),
    ],
    ["fileSource", untyped((value) => typeof value === "string" || fileSource(value))],
    ["fileSink, path", untyped((value) => typeof value === "string" || fileSink(value))],
    ["fileSink, options", untyped((value) => fileSink("\0", value))],
    ["fileSink, flags", untyped((value) => fileSink("\0", { flags: value }))],
  ])("%s", async (_, call) => {
    for (const value of odd) await expectOctetError(() => call(value));
  });
});

describe("what is refused", () => {
  test.each<[string, unknown, string]>([
    ["null", null, "null"],
    ["an option that does not exist", { timeOut: 5 }, '"timeOut"'],
    ["no function to fetch", { fetch: 5 }, "fetch"],
    ["fetch null", { fetch: null }, "fetch"],
    ["no signal", { signal: {} }, "signal"],
    ["signal null", { signal: null }, "signal"],
    ["no headers", { headers: 5 }, "headers"],
    ["a header with a space", { headers: { "a b": "c" } }, "headers"],
    ["a timeout of 0", { timeout: 0 }, "timeout"],
    ["a timeout below 0", { timeout: -1 }, "timeout"],
    ["a timeout past what a timer takes", { timeout: 2 ** 31 }, "timeout"],
    ["an infinite timeout", { timeout: Number.POSITIVE_INFINITY }, "timeout"],
    ["a timeout in words", { timeout: "5" }, "timeout"],
    ["retries below 0", { retries: -1 }, "retries"],
    ["half a retry", { retries: 0.5 }, "retries"],
    ["retries in words", { retries: "2" }, "retries"],
  ])("options: %s", async (_, options, named) => {
    await expectRefusal(httpSource(url, options as object), "ERR_UNSUPPORTED", named);
    await expectRefusal((async () => httpFolder(url, options as object))(), "ERR_UNSUPPORTED", named);
  });

  test("the largest timeout and no retry are taken", () => {
    expect(() => httpFolder(url, { timeout: 2 ** 31 - 1, retries: 0 })).not.toThrow();
  });

  test("a shape with a hole", async () => {
    const shape = new Array<number>(1);
    await expectRefusal((async () => encodeSafetensors([{ ...spec, shape, data: new Uint8Array(0) }]))(), "ERR_SHAPE");
  });

  test("bytes for a sink that are none", async () => {
    const { tmpdir } = await import("node:os");
    const { join } = await import("node:path");
    const { mkdtemp, rm } = await import("node:fs/promises");
    const folder = await mkdtemp(join(tmpdir(), "safetensors-misuse-"));
    await using file = await fileSink(join(folder, "a"));
    await expectRefusal(file.write("text" as unknown as Uint8Array), "ERR_DTYPE");
    await rm(folder, { recursive: true });
  });

  test("a promise of a source, with advice", async () => {
    const source = httpSource("http://127.0.0.1/a", { fetch: async () => new Response(null, { status: 404 }) });
    source.catch(() => undefined);
    await expectRefusal(openSafetensors(source as never), "ERR_UNSUPPORTED", "awaited");
  });
});
