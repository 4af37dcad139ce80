import { bitsPerElement, bytesSource, openSafetensors, type SafetensorsDType } from "@octet/safetensors";
import { describe, expect, test } from "vitest";
import { expectRefusal, fileOf, member, openBytes } from "./support.ts";

describe("accepted", () => {
  test("an empty file", async () => {
    await using reader = await openBytes(fileOf("{}"));
    expect([...reader.tensors]).toEqual([]);
    expect([...reader.metadata]).toEqual([]);
  });

  test.each(["{}      ", "{}\t\n\r ", "{ \n}", '{"__metadata__":null}', '{"__metadata__" : { } }\n'])(
    "%j",
    async (header) => {
      await using reader = await openBytes(fileOf(header));
      expect(reader.metadata.size).toBe(0);
    },
  );

  test("whitespace between all tokens", async () => {
    const header = '{ "w" : { "dtype" : "U8" , "shape" : [ 1 , 2 ] , "data_offsets" : [ 0 , 2 ] } } ';
    await using reader = await openBytes(fileOf(header, 2));
    expect([...reader.tensors.values()]).toEqual([{ name: "w", dtype: "U8", shape: [1, 2], byteLength: 2 }]);
  });

  test("unknown fields of any JSON type", async () => {
    const values = [
      "null",
      "true",
      "false",
      "0",
      "-0",
      "-1.5E+3",
      "1e999",
      '""',
      '"\\u00e9\\n"',
      "[]",
      "{}",
      '[{"a":[1,"]"]}]',
    ];
    const fields = values.map((value, at) => `"x${at}":${value},`).join("");
    const header = `{"w":{${fields}"dtype":"U8","shape":[1],"data_offsets":[0,1]}}`;
    await using reader = await openBytes(fileOf(header, 1));
    expect(reader.tensors.get("w")).toEqual({ name: "w", dtype: "U8", shape: [1], byteLength: 1 });
  });

  test.each([
    "",
    "\0",
    "__proto__",
    "constructor",
    "10",
    "2",
    " ",
    '"\\/',
    "\ufeff",
    "é",
    "e\u0301",
    "\u{1f600}",
    "\uffff",
  ])("the name %j", async (name) => {
    await using reader = await openBytes(fileOf(`{${member(name, "U8", "[2]", "[0,2]")}}`, 2));
    expect([...reader.tensors.keys()]).toEqual([name]);
    expect([...(await reader.read(name))]).toEqual([0, 1]);
  });

  test("escapes in names and metadata", async () => {
    const header =
      '{"__metadata__":{"\\u00e9\\ud83d\\ude00\\"":"\\b\\f\\n\\r\\t\\/\\\\"},"\\u0077":{"d\\u0074ype":"U8","shape":[0],"data_offsets":[0,0]}}';
    await using reader = await openBytes(fileOf(header));
    expect([...reader.metadata]).toEqual([['é\u{1f600}"', "\b\f\n\r\t/\\"]]);
    expect([...reader.tensors.keys()]).toEqual(["w"]);
  });

  test("integer-like names, in the order of their data and not of the header", async () => {
    const header = `{${member("2", "U8", "[1]", "[2,3]")},${member("10", "U8", "[2]", "[0,2]")}}`;
    await using reader = await openBytes(fileOf(header, 3));
    expect([...reader.tensors.keys()]).toEqual(["10", "2"]);
    expect([...(await reader.read("2"))]).toEqual([2]);
  });

  test("scalars, empty tensors and dimensions whose product only fits because of a zero", async () => {
    const members = [
      member("scalar", "F32", "[]", "[0,4]"),
      member("empty", "F32", "[3,0,5]", "[4,4]"),
      member("zero first", "U8", "[0,9007199254740991,2]", "[4,4]"),
      member("under 64 bits", "U8", "[4294967296,4294967295,0]", "[4,4]"),
      member("last", "U8", "[1]", "[4,5]"),
    ];
    await using reader = await openBytes(fileOf(`{${members}}`, 5));
    expect([...reader.tensors.values()].map(({ byteLength }) => byteLength)).toEqual([4, 0, 0, 0, 1]);
    expect((await reader.read("empty")).byteLength).toBe(0);
    expect([...(await reader.read("last"))]).toEqual([4]);
  });

  test("an empty tensor that the header names after the one it lies before", async () => {
    const members = [member("w", "U8", "[4]", "[0,4]"), member("empty", "U8", "[0]", "[0,0]")];
    await using reader = await openBytes(fileOf(`{${members}}`, 4));
    expect([...reader.tensors.keys()]).toEqual(["empty", "w"]);
  });

  test("a dimension above 2^53 - 1 is refused, though the size is zero: no JavaScript number could state it", async () => {
    const header = `{${member("w", "U8", "[0,18446744073709551615,2]", "[0,0]")}}`;
    await expectRefusal(openBytes(fileOf(header)), "ERR_FORMAT", '"w"', "2^53");
  });

  const bits: [SafetensorsDType, number][] = [
    ["BOOL", 8],
    ["F4", 4],
    ["F6_E2M3", 6],
    ["F6_E3M2", 6],
    ["U8", 8],
    ["I8", 8],
    ["F8_E5M2", 8],
    ["F8_E4M3", 8],
    ["F8_E8M0", 8],
    ["F8_E4M3FNUZ", 8],
    ["F8_E5M2FNUZ", 8],
    ["I16", 16],
    ["U16", 16],
    ["F16", 16],
    ["BF16", 16],
    ["I32", 32],
    ["U32", 32],
    ["F32", 32],
    ["C64", 64],
    ["F64", 64],
    ["I64", 64],
    ["U64", 64],
  ];
  test.each(bits)("dtype %s, %i bits", async (dtype, count) => {
    expect(bitsPerElement(dtype)).toBe(count);
    const length = (4 * 7 * count) / 8;
    await using reader = await openBytes(fileOf(`{${member("w", dtype, "[4,7]", `[0,${length}]`)}}`, length));
    expect(reader.tensors.get("w")).toEqual({ name: "w", dtype, shape: [4, 7], byteLength: length });
  });
});

describe("reading", () => {
  // The header's length is odd, so that no tensor is aligned in the file.
  const header = `{${member("a", "U8", "[3]", "[0,3]")},${member("f", "F64", "[2]", "[3,19]")}}`;
  const file = fileOf(header.length % 2 === 1 ? header : `${header} `, 19);

  test("gives bytes that any typed array may view", async () => {
    await using reader = await openBytes(file);
    const bytes = await reader.read("f");
    expect(bytes.byteOffset).toBe(0);
    expect(bytes.buffer.byteLength).toBe(16);
    expect(new Float64Array(bytes.buffer)).toHaveLength(2);
    expect([...bytes]).toEqual(Array.from({ length: 16 }, (_, at) => 3 + at));
  });

  test("gives a fresh copy each time", async () => {
    await using reader = await openBytes(file);
    (await reader.read("a")).fill(255);
    expect([...(await reader.read("a"))]).toEqual([0, 1, 2]);
  });

  test("takes a source whose bytes share a buffer, and copies them out of it", async () => {
    const whole = {
      size: file.byteLength,
      read: async (at: number, n: number) => file.subarray(at, at + n),
      close: async () => {},
    };
    await using reader = await openSafetensors(whole);
    const bytes = await reader.read("f");
    expect(bytes.buffer.byteLength).toBe(16);
    expect(bytes.buffer).not.toBe(file.buffer);
  });

  test("refuses a source that gives too few or too many bytes", async () => {
    for (const extra of [-1, 1]) {
      const source = bytesSource(file);
      const read = async (at: number, n: number): Promise<Uint8Array> =>
        n === 16 ? new Uint8Array(n + extra) : source.read(at, n);
      await using reader = await openSafetensors({ size: source.size, read, close: source.close });
      await expectRefusal(reader.read("f"), "ERR_FORMAT", `${16 + extra} of 16`);
    }
  });

  test("readRange gives any part, and refuses what is outside", async () => {
    await using reader = await openBytes(file);
    expect([...(await reader.readRange("f", 1, 4))]).toEqual([4, 5, 6]);
    expect([...(await reader.readRange("f", 15, 16))]).toEqual([18]);
    expect((await reader.readRange("f", 16, 16)).byteLength).toBe(0);
    for (const [start, end] of [
      [0, 17],
      [-1, 4],
      [4, 3],
      [0.5, 2],
      [0, Number.NaN],
      [17, 17],
    ]) {
      await expectRefusal(reader.readRange("f", start, end), "ERR_SHAPE", '"f"');
    }
  });

  test("readInto fills a part of any buffer, and refuses what is outside", async () => {
    const copying = bytesSource(file);
    const sources = [bytesSource(file), { size: copying.size, read: copying.read, close: copying.close }];
    for (const source of sources) {
      await using reader = await openSafetensors(source);
      const buffer = new Uint8Array(8).fill(255);
      await reader.readInto("f", 13, buffer.subarray(2, 5));
      expect([...buffer]).toEqual([255, 255, 16, 17, 18, 255, 255, 255]);
      await reader.readInto("f", 16, new Uint8Array(0));
      for (const [start, length] of [
        [14, 3],
        [-1, 1],
        [0, 17],
        [0.5, 1],
      ]) {
        await expectRefusal(reader.readInto("f", start, new Uint8Array(length)), "ERR_SHAPE", '"f"');
      }
      await expectRefusal(reader.readInto("g", 0, buffer), "ERR_FORMAT", '"g"');
      await expectRefusal(reader.readInto("f", 0, new Float32Array(4) as unknown as Uint8Array), "ERR_DTYPE", '"f"');
      await reader.close();
      await expectRefusal(reader.readInto("f", 0, buffer), "ERR_DISPOSED", '"f"');
    }
  });

  test("refuses an unknown name, also one of Object.prototype", async () => {
    await using reader = await openBytes(file);
    for (const name of ["", "b", "toString", "__metadata__"]) {
      await expectRefusal(reader.read(name), "ERR_FORMAT", JSON.stringify(name));
      await expectRefusal(reader.readRange(name, 0, 0), "ERR_FORMAT", JSON.stringify(name));
    }
  });

  test("close closes the source once, and reading after it is ERR_DISPOSED", async () => {
    let closes = 0;
    const source = bytesSource(file);
    const counting = { size: source.size, read: source.read, close: async () => void closes++ };
    const reader = await openSafetensors(counting);
    await Promise.all([reader.close(), reader.close()]);
    await reader.close();
    expect(closes).toBe(1);
    await expectRefusal(reader.read("a"), "ERR_DISPOSED", '"a"');
    await expectRefusal(reader.readRange("a", 0, 0), "ERR_DISPOSED");
  });

  test("a file that cannot be opened closes its source, and its own error is the one thrown", async () => {
    let closes = 0;
    const broken = fileOf("{", 3);
    const source = {
      size: broken.byteLength,
      read: async (at: number, n: number) => broken.slice(at, at + n),
      close: async () => {
        closes++;
        throw new Error("cannot close either");
      },
    };
    await expectRefusal(openSafetensors(source), "ERR_FORMAT");
    expect(closes).toBe(1);
  });

  test("messages say where, by byte and line", async () => {
    const broken = '{\n"w": {\n"dtype": "U8", "shape": [1], "data_offsets": [0, -1]}}';
    await expectRefusal(
      openBytes(fileOf(broken, 1)),
      "ERR_FORMAT",
      'tensor "w"',
      `byte ${broken.indexOf("-1")}`,
      "line 3",
      '"-"',
    );
  });
});
