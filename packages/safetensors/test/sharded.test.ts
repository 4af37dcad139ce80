import { type ByteSource, bytesSource, encodeSafetensors, OctetError, openSharded } from "@octet/safetensors";
import { describe, expect, test } from "vitest";
import { expectRefusal } from "./support.ts";

const first = "model-00001-of-00002.safetensors";
const second = "model-00002-of-00002.safetensors";

const shard = (names: string[], metadata: Record<string, string> = { format: "pt" }): Uint8Array =>
  encodeSafetensors(
    names.map((name, at) => ({ name, dtype: "U8", shape: [at + 1], data: new Uint8Array(at + 1).fill(name.length) })),
    metadata,
  );

/** Opens files by name and counts what is open. */
function folder(files: Record<string, Uint8Array>) {
  const log = { opened: [] as string[], open: 0, most: 0 };
  const open = async (fileName: string): Promise<ByteSource> => {
    log.opened.push(fileName);
    if (!Object.hasOwn(files, fileName)) throw new Error(`no file ${fileName}`);
    log.most = Math.max(log.most, ++log.open);
    const source = bytesSource(files[fileName]);
    let closed = false;
    const close = async (): Promise<void> => {
      if (!closed) log.open--;
      closed = true;
    };
    return { size: source.size, read: source.read, close };
  };
  return { log, open };
}

const index = (weightMap: unknown): string => JSON.stringify({ metadata: { total_size: 5 }, weight_map: weightMap });

describe("a sharded checkpoint", () => {
  const files = { [first]: shard(["a", "bb"]), [second]: shard(["ccc"], { format: "pt", extra: "x" }) };
  const weightMap = { ccc: second, a: first, bb: first };

  test("reads as one", async () => {
    const { log, open } = folder(files);
    const reader = await openSharded(index(weightMap), open);
    expect([...reader.tensors.keys()]).toEqual(["a", "bb", "ccc"]);
    expect([...reader.shards.keys()]).toEqual([first, second]);
    expect(reader.tensors.get("ccc")).toEqual({ name: "ccc", dtype: "U8", shape: [1], byteLength: 1 });
    expect([...(await reader.read("bb"))]).toEqual([2, 2]);
    expect([...(await reader.readRange("bb", 1, 2))]).toEqual([2]);
    expect([...(await reader.read("ccc"))]).toEqual([3]);
    const target = new Uint8Array(1);
    await reader.readInto("bb", 1, target);
    expect([...target]).toEqual([2]);
    expect(reader.shardOf("ccc")).toBe(second);
    expect(() => reader.shardOf("d")).toThrow(OctetError);
    await expectRefusal(reader.read("toString"), "ERR_FORMAT", '"toString"');
    expect(log.opened).toEqual([first, second]);
    expect(log.open).toBe(2);
    await reader.close();
    await reader.close();
    expect(log.open).toBe(0);
    await expectRefusal(reader.read("a"), "ERR_DISPOSED");
  });

  test("metadata is what the shards agree on; each shard keeps its own", async () => {
    const differing = {
      [first]: shard(["a"], { format: "pt", part: "1" }),
      [second]: shard(["ccc"], { part: "2", extra: "x" }),
    };
    await using reader = await openSharded(index({ a: first, ccc: second }), folder(differing).open);
    expect([...reader.metadata]).toEqual([
      ["format", "pt"],
      ["extra", "x"],
    ]);
    expect(reader.shards.get(second)!.metadata.get("part")).toBe("2");
  });

  test("takes the index as bytes too, without metadata, with other fields, in folders below", async () => {
    const text = `{"other":[{}], "weight_map": {"a":"sub/folder.d/a b.safetensors"}}\n`;
    const source = folder({ "sub/folder.d/a b.safetensors": shard(["a"]) });
    await using reader = await openSharded(new TextEncoder().encode(text), source.open);
    expect([...reader.tensors.keys()]).toEqual(["a"]);
  });

  test("an index of no tensors opens nothing", async () => {
    const { log, open } = folder({});
    await using reader = await openSharded('{"weight_map":{}}', open);
    expect(reader.tensors.size).toBe(0);
    expect(log.opened).toEqual([]);
  });

  test("100 shards, a few at a time", async () => {
    const names = Array.from({ length: 100 }, (_, at) => `model-${`${at + 1}`.padStart(5, "0")}-of-00100.safetensors`);
    const { log, open } = folder(Object.fromEntries(names.map((name) => [name, shard([`of ${name}`])])));
    await using reader = await openSharded(index(Object.fromEntries(names.map((name) => [`of ${name}`, name]))), open);
    expect([...reader.shards.keys()]).toEqual(names);
    expect(log.opened.toSorted()).toEqual(names);
  });
});

describe("an index that is refused before any shard is opened", () => {
  const weights = (value: string): string => `{"weight_map":{"w":${value}}}`;
  test.each([
    ["nothing", ""],
    ["an array", "[]"],
    ["null", "null"],
    ["a BOM", `\ufeff${weights('"a.safetensors"')}`],
    ["text after it", `${weights('"a.safetensors"')}x`],
    ["a trailing comma", '{"weight_map":{},}'],
    ["no weight_map", '{"metadata":{}}'],
    ["weight_map twice", '{"weight_map":{},"weight_map":{}}'],
    ["metadata twice", '{"metadata":{},"metadata":{},"weight_map":{}}'],
    ["weight_map as an array", '{"weight_map":[]}'],
    ["weight_map null", '{"weight_map":null}'],
    ["half of a surrogate pair", weights('"a\ud800.safetensors"')],
    ["nesting too deep", `{"x":${"[".repeat(1_000_000)},"weight_map":{}}`],
    ["too many fields", `{${Array.from({ length: 101 }, (_, at) => `"${at}":0,`).join("")}"weight_map":{}}`],
  ])("%s", async (_, text) => {
    const { log, open } = folder({});
    await expectRefusal(openSharded(text, open), "ERR_FORMAT");
    expect(log.opened).toEqual([]);
  });

  test.each([
    ["a number", "1"],
    ["null", "null"],
    ["an array", '["a.safetensors"]'],
    ["an object", "{}"],
    ["true", "true"],
    ["the empty name", '""'],
    ["the extension alone", '".safetensors"'],
    ["the extension alone in a folder", '"a/.safetensors"'],
    ["another extension", '"a.bin"'],
    ["another case", '"a.SAFETENSORS"'],
    ["an extension after it", '"a.safetensors.pt"'],
    ["a folder", '"a.safetensors/"'],
    ["a root", '"/a.safetensors"'],
    ["a Windows root", '"\\\\a.safetensors"'],
    ["a Windows share", '"\\\\\\\\host\\\\share\\\\a.safetensors"'],
    ["a drive", '"C:\\\\a.safetensors"'],
    ["a drive with a slash", '"c:/a.safetensors"'],
    ["a drive, relative", '"c:a.safetensors"'],
    ["the folder above", '"../a.safetensors"'],
    ["the folder above, inside", '"a/../../a.safetensors"'],
    ["the folder above, harmless", '"a/../a.safetensors"'],
    ["the folder above, Windows", '"..\\\\a.safetensors"'],
    ["the folder above, mixed", '"a/..\\\\..\\\\a.safetensors"'],
    ["the folder above, escaped", '"\\u002e\\u002e/a.safetensors"'],
    ["this folder", '"./a.safetensors"'],
    ["an empty part", '"a//a.safetensors"'],
    ["a backslash", '"a\\\\a.safetensors"'],
    ["an address", '"https://host/a.safetensors"'],
    ["a stream of a file", '"a.txt:a.safetensors"'],
    ["NUL", '"a\\u0000.safetensors"'],
    ["a newline", '"a\\n.safetensors"'],
  ])("%s as a shard's file name", async (_, value) => {
    const { log, open } = folder({});
    await expectRefusal(openSharded(weights(value), open), "ERR_FORMAT", 'tensor "w"');
    expect(log.opened).toEqual([]);
  });

  test("a name twice", async () => {
    const { log, open } = folder({});
    const text = '{"weight_map":{"w":"a.safetensors","\\u0077":"a.safetensors"}}';
    await expectRefusal(openSharded(text, open), "ERR_FORMAT", 'tensor "w"');
    expect(log.opened).toEqual([]);
  });

  test("over 100 MB", async () => {
    await expectRefusal(openSharded(new Uint8Array(100_000_001).fill(0x20), folder({}).open), "ERR_FORMAT", "limit");
  });
});

describe("shards that disagree with the index", () => {
  test.each<[string, string, Record<string, string>, Record<string, Uint8Array>]>([
    ["a tensor that its shard lacks", '"b" is not in', { a: first, b: first }, { [first]: shard(["a"]) }],
    [
      "a tensor that is in another shard",
      '"b" is not in',
      { a: first, b: first, c: second },
      { [first]: shard(["a"]), [second]: shard(["b", "c"]) },
    ],
    [
      "a tensor in two shards",
      '"a" is in both',
      { a: first, b: second },
      { [first]: shard(["a"]), [second]: shard(["a", "b"]) },
    ],
    ["a tensor that the index lacks", '"c"', { a: first }, { [first]: shard(["a", "c"]) }],
  ])("%s", async (_, message, weightMap, files) => {
    const { log, open } = folder(files);
    await expectRefusal(openSharded(index(weightMap), open), "ERR_FORMAT", message);
    expect(log.open).toBe(0);
  });

  test("a malformed shard: the message names it and its tensor, and the others are closed", async () => {
    const broken = shard(["b"]);
    broken[broken.indexOf(0x5b)] = 0x7b; // the bracket of a shape
    const { log, open } = folder({ [first]: shard(["a"]), [second]: broken });
    const opening = openSharded(index({ a: first, b: second }), open);
    await expectRefusal(opening, "ERR_FORMAT", `shard "${second}"`, 'tensor "b"');
    expect(log.open).toBe(0);
  });

  test("a shard that cannot be opened: its own error, the others closed, the rest never opened", async () => {
    const names = Array.from({ length: 50 }, (_, at) => `${at + 10}.safetensors`);
    const files = Object.fromEntries(names.slice(1).map((name) => [name, shard([name])]));
    const { log, open } = folder(files);
    const opening = openSharded(index(Object.fromEntries(names.map((name) => [name, name]))), open);
    await expect(opening).rejects.toThrow("no file 10.safetensors");
    expect(log.open).toBe(0);
    expect(log.opened.length).toBeLessThan(20);
  });
});
