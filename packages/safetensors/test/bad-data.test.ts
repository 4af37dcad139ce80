import { safetensorsLimits } from "@octet/safetensors";
import { describe, expect, test } from "vitest";
import { expectRefusal, fileOf, member, openBytes, replaced } from "./support.ts";

const w = `{${member("w", "I32", "[2,2]", "[0,16]")}}`;
const text = (value: string): Uint8Array => new TextEncoder().encode(value);

describe("the data", () => {
  const two = (first: string, second: string, dataLength = 16): Promise<unknown> => {
    const count = (offsets: string): string => {
      const [begin, end] = JSON.parse(offsets) as [number, number];
      return `[${Math.max(0, end - begin)}]`;
    };
    const header = `{${member("first", "U8", count(first), first)},${member("second", "U8", count(second), second)}}`;
    return openBytes(fileOf(header, dataLength));
  };

  test("begin > end", async () => {
    await expectRefusal(openBytes(replaced("[0,16]", "[16,0]")), "ERR_FORMAT", '"w"', "before the beginning");
    await expectRefusal(two("[0,16]", "[16,0]"), "ERR_FORMAT", '"second"');
    await expectRefusal(two("[0,16]", "[17,16]"), "ERR_FORMAT", '"second"');
  });
  test("the first begins after 0", async () => {
    await expectRefusal(
      openBytes(fileOf(`{${member("w", "I32", "[2,2]", "[8,24]")}}`, 24)),
      "ERR_FORMAT",
      '"w"',
      "hole",
    );
    await expectRefusal(openBytes(fileOf(`{${member("w", "U8", "[0]", "[8,8]")}}`, 8)), "ERR_FORMAT", '"w"');
  });
  test("a hole", async () => {
    await expectRefusal(two("[0,7]", "[8,16]"), "ERR_FORMAT", '"second"', "hole");
    await expectRefusal(two("[8,16]", "[0,7]"), "ERR_FORMAT", '"first"', "hole");
  });
  test("a partial overlap", async () => {
    await expectRefusal(two("[0,9]", "[8,16]"), "ERR_FORMAT", '"second"', "overlap");
    await expectRefusal(two("[8,16]", "[0,9]"), "ERR_FORMAT", '"first"', "overlap");
  });
  test("a total overlap", async () => {
    await expectRefusal(two("[0,16]", "[0,16]"), "ERR_FORMAT", '"second"', "overlap");
    await expectRefusal(two("[0,16]", "[4,8]"), "ERR_FORMAT", '"second"', "overlap");
  });
  test("an empty tensor inside another's data", async () => {
    await expectRefusal(two("[0,16]", "[8,8]"), "ERR_FORMAT", '"second"', "overlap");
  });
  test("more than the file holds", async () => {
    await expectRefusal(openBytes(fileOf(w, 15)), "ERR_FORMAT", '"w"', "the file ends after 15");
    await expectRefusal(openBytes(fileOf(w, 0)), "ERR_FORMAT", '"w"');
    await expectRefusal(two("[0,16]", "[16,17]"), "ERR_FORMAT", '"second"');
    await expectRefusal(openBytes(replaced("[2,2],", "[2,2],").subarray(0, -1)), "ERR_FORMAT", '"w"');
  });
  test("less than the file holds", async () => {
    await expectRefusal(openBytes(fileOf(w, 17)), "ERR_FORMAT", '"w"');
    await expectRefusal(openBytes(fileOf("{}", 1)), "ERR_FORMAT");
    await expectRefusal(openBytes(fileOf('{"__metadata__":{"format":"pt"}}', 100)), "ERR_FORMAT");
  });

  test.each([
    ["I32", "[2,3]", "[0,16]"],
    ["I32", "[]", "[0,16]"],
    ["I64", "[2,2]", "[0,16]"],
    ["U8", "[2,2]", "[0,16]"],
    ["U8", "[0]", "[0,16]"],
    ["U8", "[0,9007199254740991]", "[0,16]"],
    ["F4", "[2,2]", "[0,16]"],
    ["I32", "[2,2]", "[0,0]"],
    ["U8", "[9007199254740991]", "[0,16]"],
  ])("dtype %s and shape %s at %s", async (dtype, shape, offsets) => {
    const length = offsets === "[0,0]" ? 0 : 16;
    await expectRefusal(openBytes(fileOf(`{${member("w", dtype, shape, offsets)}}`, length)), "ERR_FORMAT", '"w"');
  });

  test.each([
    ["U8", "[2,18446744073709551614]"],
    ["U8", "[2,9223372036854775807]"],
    ["U8", "[18446744073709551615,2,0]"],
    ["U8", "[4294967296,4294967296]"],
    ["U8", "[4294967296,4294967296,0]"],
    ["U8", "[2147483648,4294967296]"],
    ["F64", "[1099511627776,1099511627776,0]"],
    ["F64", "[1073741824,268435456]"],
    ["U8", "[134217728,134217728]"],
  ])("dtype %s and shape %s, too large to count", async (dtype, shape) => {
    for (const offsets of ["[0,0]", "[0,16]"]) {
      const length = offsets === "[0,0]" ? 0 : 16;
      await expectRefusal(openBytes(fileOf(`{${member("w", dtype, shape, offsets)}}`, length)), "ERR_FORMAT", '"w"');
    }
  });

  test.each([
    ["F4", "[1]", 1],
    ["F4", "[3]", 1],
    ["F4", "[3]", 2],
    ["F4", "[]", 1],
    ["F4", "[33,7]", 115],
    ["F6_E2M3", "[1]", 1],
    ["F6_E3M2", "[2]", 2],
    ["F6_E3M2", "[7]", 5],
  ])("dtype %s and shape %s, which end inside a byte, in %i bytes", async (dtype, shape, length) => {
    const header = `{${member("w", dtype, shape, `[0,${length}]`)}}`;
    await expectRefusal(openBytes(fileOf(header, length)), "ERR_FORMAT", '"w"', "whole number of bytes");
  });
});

describe("attacks on time and memory", () => {
  const filled = (start: string, unit: string, end: string, length: number): Uint8Array => {
    const header = new Uint8Array(length).fill(0x20);
    const repeated = text(unit);
    header.set(text(start));
    let at = start.length;
    for (; at + repeated.length + end.length <= length; at += repeated.length) header.set(repeated, at);
    header.set(text(end), at);
    return fileOf(header);
  };

  test("10 million entries", async () => {
    const start = performance.now();
    await expectRefusal(openBytes(filled("{", '"":{},', '"":{}}', 60_000_000)), "ERR_FORMAT");
    expect(performance.now() - start).toBeLessThan(30_000);
  });

  test("one field more than the limit", async () => {
    const fields = Array.from({ length: safetensorsLimits.fields }, (_, at) => `"x${at}":0,`).join("");
    await expectRefusal(openBytes(replaced('"dtype"', `${fields}"dtype"`)), "ERR_FORMAT", '"w"', "fields");
  });

  test("a name one character longer than the limit, and one of 30 MB of escapes", async () => {
    const name = "n".repeat(safetensorsLimits.nameLength);
    const open = (key: string): Promise<unknown> => openBytes(fileOf(`{${member(key, "U8", "[0]", "[0,0]")}}`));
    await open(name);
    await expectRefusal(open(`${name}n`), "ERR_FORMAT", "longer");
    await expectRefusal(openBytes(filled('{"', "\\u0041", '":0}', 30_000_000)), "ERR_FORMAT", "longer");
  });

  test("one dimension more than the limit, and 15 million", async () => {
    const ones = (count: number): string => `[${"1,".repeat(count - 1)}1]`;
    const open = (rank: number): Promise<unknown> =>
      openBytes(fileOf(`{${member("w", "U8", ones(rank), "[0,1]")}}`, 1));
    await open(safetensorsLimits.rank);
    await expectRefusal(open(safetensorsLimits.rank + 1), "ERR_FORMAT", '"w"', "shape");
    await expectRefusal(open(15_000_000), "ERR_FORMAT", '"w"', "shape");
  });

  test("many tensors over the same bytes", async () => {
    const members = Array.from({ length: 1_000 }, (_, at) => member(`w${at}`, "U8", "[1000]", "[0,1000]"));
    await expectRefusal(openBytes(fileOf(`{${members}}`, 1_000)), "ERR_FORMAT", '"w1"', "overlap");
  });
});
