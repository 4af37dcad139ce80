import { openSafetensors } from "@octet/safetensors";
import { describe, expect, test } from "vitest";
import { expectRefusal, fileOf, member, openBytes, replaced } from "./support.ts";

const prefixed = (length: bigint, rest = 2): Uint8Array => {
  const file = new Uint8Array(8 + rest).fill(0x20);
  new DataView(file.buffer).setBigUint64(0, length, true);
  return file;
};

const wMember = member("w", "I32", "[2,2]", "[0,16]");
const w = `{${wMember}}`;
const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
const text = (value: string): Uint8Array => new TextEncoder().encode(value);

function joined(...parts: Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

describe("the length of the header", () => {
  test.each([0, 1, 7])("a file of %i bytes", async (size) => {
    await expectRefusal(openBytes(new Uint8Array(size)), "ERR_FORMAT", `${size}`);
  });

  test.each([100_000_001n, 2n ** 63n, 2n ** 64n - 1n])("a claim of %i bytes, over the limit", async (length) => {
    await expectRefusal(openBytes(prefixed(length)), "ERR_FORMAT", `${length}`);
  });

  test.each([
    [60n, 2],
    [100_000_000n, 2],
    [3n, 2],
    [1n, 0],
  ])("a claim of %i bytes where %i follow", async (length, rest) => {
    await expectRefusal(openBytes(prefixed(length, rest)), "ERR_FORMAT", `${length}`);
  });
});

test.each([
  ["over the limit", 100_000_001n, 2 ** 40],
  ["of 2^63 bytes", 2n ** 63n, 2 ** 53 - 1],
  ["longer than the file", 1_000n, 1_007],
])("a header %s is never asked for", async (_, length, size) => {
  const reads: number[] = [];
  const read = async (offset: number, count: number): Promise<Uint8Array> => {
    reads.push(offset, count);
    return prefixed(length, 0);
  };
  await expectRefusal(openSafetensors({ size, read, close: async () => {} }), "ERR_FORMAT", `${length}`);
  expect(reads).toEqual([0, 8]);
});

describe("UTF-8", () => {
  const sequences: [string, number[]][] = [
    ["a stray continuation", [0x80]],
    ["an overlong slash", [0xc0, 0xaf]],
    ["a surrogate", [0xed, 0xa0, 0x80]],
    ["beyond U+10FFFF", [0xf4, 0x90, 0x80, 0x80]],
    ["a sequence cut short", [0xe2, 0x82]],
    ["0xff", [0xff]],
  ];
  const around: [string, string, string][] = [
    ["a name", '{"', `":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}`],
    ["a dtype", '{"w":{"dtype":"U8', '","shape":[0],"data_offsets":[0,0]}}'],
    ["a field", '{"w":{"', '":0,"dtype":"U8","shape":[0],"data_offsets":[0,0]}}'],
    ["an unknown value", '{"w":{"x":["', '"],"dtype":"U8","shape":[0],"data_offsets":[0,0]}}'],
    ["a metadata key", '{"__metadata__":{"', '":""}}'],
    ["a metadata value", '{"__metadata__":{"k":"', '"}}'],
    ["an escaped string", '{"__metadata__":{"k":"\\n', '"}}'],
    ["the space between tokens", "{", "}"],
    ["the padding", "{}  ", " "],
  ];
  for (const [place, before, after] of around) {
    test.each(sequences)(`%s in ${place}`, async (_, sequence) => {
      await expectRefusal(openBytes(fileOf(joined(text(before), bytes(...sequence), text(after)))), "ERR_FORMAT");
    });
  }
});

describe("JSON", () => {
  test.each([
    ["an empty header", ""],
    ["only spaces", "        "],
    ["{", "{"],
    ["[]", "[]"],
    ["null", "null"],
    ["a string", '"w"'],
    ["a number", "1"],
    ["a BOM", "\ufeff{}"],
    ["leading space", " {}"],
    ["leading newline", "\n{}"],
    ["trailing NUL", "{}\0"],
    ["trailing x", "{}x"],
    ["a second object", "{}{}"],
    ["a comma alone", "{,}"],
    ["a key without value", '{"w"}'],
    ["a key without quotes", "{w:1}"],
    ["single quotes", "{'w':1}"],
    ["a comment", "{/**/}"],
    ["a vertical tab as space", "{\v}"],
    ["a no-break space", "{\u00a0}"],
    ["an unclosed string", '{"w'],
    ["an unclosed escape", '{"w\\'],
    ["a string closed by an escaped quote", '{"w\\"'],
  ])("%s", async (_, header) => {
    await expectRefusal(openBytes(fileOf(header)), "ERR_FORMAT");
  });

  test.each([
    ["a trailing comma after the last tensor", w.replace(/}$/, ",}")],
    ["a trailing comma in a tensor", w.replace("[0,16]", "[0,16],")],
    ["a trailing comma in a shape", w.replace("[2,2]", "[2,2,]")],
    ["a missing comma in a shape", w.replace("[2,2]", "[2 2]")],
    ["a missing colon", w.replace('"dtype":', '"dtype"')],
    ["NaN in an unknown field", w.replace('"dtype"', '"x":NaN,"dtype"')],
    ["Infinity in an unknown field", w.replace('"dtype"', '"x":-Infinity,"dtype"')],
    ["00 in an unknown field", w.replace('"dtype"', '"x":00,"dtype"')],
    ["1. in an unknown field", w.replace('"dtype"', '"x":1.,"dtype"')],
    ["1e in an unknown field", w.replace('"dtype"', '"x":1e,"dtype"')],
    [".5 in an unknown field", w.replace('"dtype"', '"x":.5,"dtype"')],
    ["- in an unknown field", w.replace('"dtype"', '"x":-,"dtype"')],
    ["tru in an unknown field", w.replace('"dtype"', '"x":tru,"dtype"')],
    ["a raw newline in an unknown field", w.replace('"dtype"', '"x":"\n","dtype"')],
    ["\\x in an unknown field", w.replace('"dtype"', '"x":"\\x41","dtype"')],
    ["\\u12 in an unknown field", w.replace('"dtype"', '"x":"\\u12","dtype"')],
    ["\\u 123 in an unknown field", w.replace('"dtype"', '"x":"\\u 123","dtype"')],
    ["a lone high surrogate in an unknown field", w.replace('"dtype"', '"x":"\\ud800","dtype"')],
    ["a lone low surrogate in an unknown field", w.replace('"dtype"', '"x":"\\udc00","dtype"')],
    ["two low surrogates", w.replace('"dtype"', '"x":"\\udc00\\udc00","dtype"')],
    ["a reversed pair in an unknown field", w.replace('"dtype"', '"x":"\\udc00\\ud800","dtype"')],
    ["a high surrogate before a letter", w.replace('"dtype"', '"x":"\\ud800\\u0041","dtype"')],
  ])("%s", async (_, header) => {
    await expectRefusal(openBytes(fileOf(header, 16)), "ERR_FORMAT");
  });

  test.each(["\0", "\n", "\t", "\x1f"])("a raw control character %j in a name", async (character) => {
    const header = `{"w${character}":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}`;
    await expectRefusal(openBytes(fileOf(header)), "ERR_FORMAT", "control character");
  });

  test.each(["\\ud800", "\\udc00", "\\ud83d\\ud83d", "\\udc00\\udc00"])(
    "a lone surrogate %s in a name",
    async (escaped) => {
      const header = `{"w${escaped}":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}`;
      await expectRefusal(openBytes(fileOf(header)), "ERR_FORMAT", "surrogate");
    },
  );

  test("nesting over 127 levels in all, inside a tensor", async () => {
    const nested = (levels: number): Uint8Array =>
      replaced('"dtype"', `"x":${"[".repeat(levels)}${"]".repeat(levels)},"dtype"`);
    await (await openBytes(nested(125))).close();
    await expectRefusal(openBytes(nested(126)), "ERR_FORMAT", '"w"', "127");
    await expectRefusal(openBytes(nested(1_000_000)), "ERR_FORMAT", '"w"', "127");
    const objects = replaced('"dtype"', `"x":${'{"y":'.repeat(200)}0${"}".repeat(200)},"dtype"`);
    await expectRefusal(openBytes(objects), "ERR_FORMAT", '"w"');
  });
});

describe("what a tensor's description lacks or has too much", () => {
  test.each([
    ["an unknown dtype", '"I32"', '"I33"'],
    ["a lower-case dtype", '"I32"', '"i32"'],
    ["a dtype of another language", '"I32"', '"float32"'],
    ["a dtype from Object.prototype", '"I32"', '"constructor"'],
    ["an empty dtype", '"I32"', '""'],
    ["a dtype with a space", '"I32"', '"I32 "'],
    ["a dtype that is a number", '"I32"', "32"],
    ["a dtype that is null", '"I32"', "null"],
    ["a dtype in an object", '"I32"', '{"I32":null}'],
    ["no dtype", '"dtype":"I32",', ""],
    ["no shape", '"shape":[2,2],', ""],
    ["no data_offsets", ',"data_offsets":[0,16]', ""],
    ["nothing", '"dtype":"I32","shape":[2,2],"data_offsets":[0,16]', ""],
    ["a shape that is null", "[2,2]", "null"],
    ["a shape that is a number", "[2,2]", "4"],
    ["a shape that is a string", "[2,2]", '"[2,2]"'],
    ["a nested shape", "[2,2]", "[[2,2]]"],
    ["0 offsets", "[0,16]", "[]"],
    ["1 offset", "[0,16]", "[16]"],
    ["3 offsets", "[0,16]", "[0,16,16]"],
    ["offsets that are null", "[0,16]", "null"],
    ["offsets as an object", "[0,16]", '{"0":0,"1":16}'],
    ["a duplicate dtype", '"dtype":"I32"', '"dtype":"I32","dtype":"I32"'],
    ["a duplicate shape", '"shape":[2,2]', '"shape":[2,2],"shape":[2,2]'],
    ["a duplicate data_offsets", '"data_offsets":[0,16]', '"data_offsets":[0,16],"data_offsets":[0,16]'],
    ["a duplicate dtype, once escaped", '"dtype":"I32"', '"dtype":"I32","d\\u0074ype":"I32"'],
    ["a duplicate unknown field", '"dtype"', '"x":0,"x":0,"dtype"'],
    ["the array form", '{"dtype":"I32","shape":[2,2],"data_offsets":[0,16]}', '["I32",[2,2],[0,16]]'],
    ["null", '{"dtype":"I32","shape":[2,2],"data_offsets":[0,16]}', "null"],
  ])("%s", async (_, part, replacement) => {
    await expectRefusal(openBytes(replaced(part, replacement)), "ERR_FORMAT", 'tensor "w"');
  });
});

describe("numbers", () => {
  const spoiled = [
    '"16"',
    "-16",
    "-1",
    "16.0",
    "1.6e1",
    "16e0",
    "1E1",
    "-0",
    "+16",
    "016",
    "00",
    "0x10",
    "NaN",
    "null",
    "true",
  ];
  const tooLarge = ["9007199254740992", "18446744073709551615", "18446744073709551616", `1${"0".repeat(400)}`];
  test.each([...spoiled, ...tooLarge])("an offset %s", async (number) => {
    await expectRefusal(openBytes(replaced("[0,16]", `[0,${number}]`)), "ERR_FORMAT", 'tensor "w"');
    await expectRefusal(openBytes(replaced("[0,16]", `[${number},16]`)), "ERR_FORMAT", 'tensor "w"');
  });
  test.each(["16.0", "1.6e1", "-16", '"16"'])("an offset %s: the message says what is wanted", async (number) => {
    await expectRefusal(
      openBytes(replaced("[0,16]", `[0,${number}]`)),
      "ERR_FORMAT",
      "an offset must be a whole number",
    );
  });
  test.each([...spoiled, ...tooLarge])("a dimension %s", async (number) => {
    await expectRefusal(openBytes(replaced("[2,2]", `[2,${number}]`)), "ERR_FORMAT", 'tensor "w"');
    await expectRefusal(openBytes(replaced("[2,2]", `[${number},2]`)), "ERR_FORMAT", 'tensor "w"');
  });
});

describe("__metadata__", () => {
  test.each([
    ["a number", '{"a":1}'],
    ["null as a value", '{"a":null}'],
    ["a nested object", '{"a":{"b":"c"}}'],
    ["an array as a value", '{"a":["b"]}'],
    ["an array", '["a"]'],
    ["a string", '"a"'],
    ["true", "true"],
    ["a duplicate key", '{"a":"b","a":"b"}'],
    ["a duplicate key, once escaped", '{"a":"b","\\u0061":"c"}'],
  ])("%s", async (_, metadata) => {
    await expectRefusal(openBytes(fileOf(`{"__metadata__":${metadata}}`)), "ERR_FORMAT", "__metadata__");
  });

  test.each([
    ["twice", '{"__metadata__":{},"__metadata__":{}}'],
    ["twice, once null", '{"__metadata__":null,"__metadata__":{}}'],
    ["twice, once escaped", '{"__metadata__":{},"\\u005f_metadata__":{}}'],
  ])("%s", async (_, header) => {
    await expectRefusal(openBytes(fileOf(header)), "ERR_FORMAT", "__metadata__");
  });
});

describe("names", () => {
  test.each([
    ["a duplicate", '"w"'],
    ["a duplicate, once escaped", '"\\u0077"'],
  ])("%s", async (_, key) => {
    const second = member("w", "U8", "[0]", "[0,0]").replace('"w"', () => key);
    await expectRefusal(openBytes(fileOf(`{${member("w", "U8", "[0]", "[0,0]")},${second}}`)), "ERR_FORMAT", '"w"');
  });
});
