import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ByteSource } from "../bytes/byte-source.ts";
import { bytesSource } from "../bytes/bytes-source.ts";
import { bitsPerElement, type SafetensorsDType } from "../dtype.ts";
import { encodeSafetensors, type TensorData } from "../encode.ts";
import { OctetError } from "../errors.ts";
import { openSafetensors, type SafetensorsReader } from "../reader.ts";
import { parseShardIndex } from "../shard-index.ts";

const SEED = 20260927;
const dtypes: SafetensorsDType[] = [
  "BOOL",
  "F4",
  "F6_E2M3",
  "U8",
  "I8",
  "F16",
  "BF16",
  "I32",
  "F32",
  "C64",
  "F64",
  "I64",
];
const names = ["w", "b", "", "10", "2", "__proto__", "é\u{1f600}", 'q"\\\n', "layers.0.weight"];

/** What is put in place of numbers: right ones, nearly right ones, and the edges of 32, 53 and 64 bits. */
const numbers = ["0", "1", "2", "3", "4", "8", "16", "24", "-1", "-0", "00", "01", "1.0", "1e1", "1E400", "4294967296"];
numbers.push(
  "2147483648",
  "9007199254740991",
  "9007199254740992",
  "18446744073709551615",
  "18446744073709551616",
  "null",
);
/** What is put anywhere. */
const tokens = [
  " ",
  "\n",
  "\t\r",
  "\0",
  "\v",
  '"',
  "\\",
  ",",
  ":",
  "{",
  "}",
  "[",
  "]",
  "[]",
  "{}",
  "0",
  "null",
  "true",
  "NaN",
  "\ufeff",
];
tokens.push(
  "\\u0077",
  "\\ud800",
  "\\ud83d\\ude00",
  '"x":0,',
  '"x":[{"y":"\\n"}],',
  '"dtype":"U8",',
  '"__metadata__":{},',
  '"w":{},',
  "\xff",
  "[".repeat(130),
);

const tensor = fc.record({
  name: fc.constantFrom(...names),
  dtype: fc.constantFrom(...dtypes),
  shape: fc.array(fc.constantFrom(0, 1, 2, 4, 8), { maxLength: 3 }),
});
const mutation = fc.record({ kind: fc.nat(11), at: fc.nat(9_999), to: fc.nat(9_999), length: fc.nat(40) });
const input = fc.record({
  tensors: fc.uniqueArray(tensor, { maxLength: 4, selector: ({ name }) => name }),
  format: fc.boolean(),
  mutations: fc.array(mutation, { minLength: 1, maxLength: 3 }),
  prefix: fc.constantFrom<(length: bigint) => bigint>(
    ...Array(60).fill((length: bigint) => length),
    (n) => n + 1n,
    (n) => n - 1n,
    (n) => n + 2n ** 32n,
    (n) => n + 2n ** 63n,
  ),
  extra: fc.constantFrom(...Array<number>(60).fill(0), -1, 1, 8),
});

type Input = typeof input extends fc.Arbitrary<infer Value> ? Value : never;
type Mutation = Input["mutations"][number];

const latin = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1");
const unLatin = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "latin1"));
const utf8 = (text: string): string => latin(new TextEncoder().encode(text));

/** One change of a header; its bytes are held as the characters U+0000 to U+00FF. */
function mutate(header: string, mutation: Mutation): string {
  const { kind, at, to, length } = mutation;
  const place = header.length === 0 ? 0 : at % header.length;
  const target = header.length === 0 ? 0 : to % header.length;
  const found = [...header.matchAll(/\d+/g)];
  const number = found.length === 0 ? undefined : found[at % found.length];
  const token = tokens[to % tokens.length];
  switch (kind) {
    case 0: // flip a bit
      return splice(header, place, 1, String.fromCharCode((header.charCodeAt(place) || 0) ^ (1 << (to % 8))));
    case 1: // put something in
      return splice(header, place, 0, token === "\xff" ? token : utf8(token));
    case 2: // put something in where a value or a member may begin
      return splice(header, nearest(header, place) + 1, 0, utf8(token));
    case 3: // take something out
      return splice(header, place, length, "");
    case 4: // copy a piece to another place
      return splice(header, target, 0, header.slice(place, place + length));
    case 5: // copy a piece over another
      return splice(header, target, length, header.slice(place, place + length));
    case 6: // cut the end off
      return header.slice(0, place);
    case 7: // another number
      return number === undefined
        ? header
        : splice(header, number.index, number[0].length, numbers[to % numbers.length]);
    case 8: // members, fields or their pieces change places, or one is there twice
      return reorder(header, /(?<=[\]}"]),(?=")/, mutation);
    case 9: // as before, but whole tensors
      return `{${reorder(header.slice(1, header.lastIndexOf("}")), /(?<=\}),(?=")/, mutation)}}`;
    case 10: // space between tokens
      return splice(header, nearest(header, place) + 1, 0, " \n\t\r".repeat(length));
    default: // an unknown field
      return header.replace('"shape"', `"x":[{"y":-${to}.${at}E-${length},"z":"\\u00e9\\/"},null],"shape"`);
  }
}

function reorder(text: string, separator: RegExp, { at, to, length }: Mutation): string {
  const parts = text.split(separator);
  const [from, onto] = [at % parts.length, to % parts.length];
  if (length % 4 === 0) parts.splice(onto, 0, parts[from]);
  else [parts[from], parts[onto]] = [parts[onto], parts[from]];
  return parts.join(",");
}

function splice(text: string, at: number, count: number, replacement: string): string {
  return text.slice(0, at) + replacement + text.slice(at + count);
}

/** The last bracket, comma or colon up to `place`. */
function nearest(text: string, place: number): number {
  return Math.max(...["{", "[", ",", ":"].map((mark) => text.lastIndexOf(mark, place)));
}

const countOf = (shape: readonly number[]): number => shape.reduce((product, dim) => product * dim, 1);

function makeFile({ tensors, format, mutations, prefix, extra }: Input): Uint8Array {
  const whole = tensors.map((spec): TensorData => {
    const shape = (countOf(spec.shape) * bitsPerElement(spec.dtype)) % 8 === 0 ? spec.shape : [...spec.shape, 4];
    const bytes = (countOf(shape) * bitsPerElement(spec.dtype)) / 8;
    return { ...spec, shape, data: Uint8Array.from({ length: bytes }, (_, at) => at) };
  });
  const valid = encodeSafetensors(whole, format ? { format: "pt" } : {});
  const length = Number(new DataView(valid.buffer).getBigUint64(0, true));
  const header = unLatin(mutations.reduce(mutate, latin(valid.subarray(8, 8 + length))));
  const data = valid.subarray(8 + length);
  const file = new Uint8Array(8 + header.byteLength + data.byteLength + Math.max(0, extra));
  file.set(header, 8);
  file.set(data, 8 + header.byteLength);
  new DataView(file.buffer).setBigUint64(0, BigInt.asUintN(64, prefix(BigInt(header.byteLength))), true);
  return extra < 0 ? file.slice(0, extra) : file;
}

/** Fails on a request for bytes that the file does not have, or for more of them in all than it has. */
function strictSource(file: Uint8Array): ByteSource {
  const source = bytesSource(file);
  let total = 0;
  return {
    size: file.byteLength,
    read: async (offset, length) => {
      total += length;
      const inside = offset >= 0 && length >= 0 && offset + length <= file.byteLength && total <= file.byteLength;
      if (!inside) throw new Error(`read ${length} bytes at ${offset} of ${file.byteLength}, ${total} in all`);
      return source.read(offset, length);
    },
    close: source.close,
  };
}

/** Checks what was read against the file itself, by other means: JSON.parse for the header, sums for the data. */
async function checkOpened(reader: SafetensorsReader, file: Uint8Array): Promise<void> {
  const length = Number(new DataView(file.buffer).getBigUint64(0, true));
  const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(file.subarray(8, 8 + length));
  const { __metadata__: metadata, ...stated } = JSON.parse(text, (key, value) => (key === "x" ? undefined : value));
  const copies: TensorData[] = [];
  let offset = 8 + length;
  for (const [name, info] of reader.tensors) {
    const bytes = await reader.read(name);
    // JSON.parse takes the last of two equal keys, so it agrees only if there was one.
    const { dtype, shape, data_offsets } = stated[name];
    const begin = offset - 8 - length;
    expect([dtype, shape, data_offsets]).toEqual([info.dtype, info.shape, [begin, begin + info.byteLength]]);
    expect(info.byteLength * 8).toBe(countOf(info.shape) * bitsPerElement(info.dtype));
    expect(bytes).toEqual(file.slice(offset, offset + info.byteLength));
    offset += info.byteLength;
    copies.push({ ...info, data: bytes });
  }
  expect(offset).toBe(file.byteLength);
  expect(reader.tensors.size).toBe(Object.keys(stated).length);
  expect(Object.fromEntries(reader.metadata)).toEqual(metadata ?? {});
  await using again = await openSafetensors(bytesSource(encodeSafetensors(copies, reader.metadata)));
  expect(new Map([...again.tensors].sort())).toEqual(new Map([...reader.tensors].sort()));
  expect(new Map(again.metadata)).toEqual(new Map(reader.metadata));
  for (const { name, data } of copies) expect(await again.read(name)).toEqual(data);
}

// A busy machine takes several times as long as an idle one; only a hang takes this long.
describe("fuzzing", { timeout: 300_000 }, () => {
  for (const [runs, options] of [
    [10_000, {}],
    [100_000, { tags: "full" }],
  ] as const) {
    test(`${runs} mutated headers give an OctetError or a correct read, seed ${SEED}`, options, async () => {
      let opened = 0;
      const property = fc.asyncProperty(input, async (value) => {
        const file = makeFile(value);
        let reader: SafetensorsReader;
        try {
          reader = await openSafetensors(strictSource(file));
        } catch (error) {
          if (OctetError.isInstance(error) && error.code === "ERR_FORMAT") return;
          throw error;
        }
        opened++;
        await checkOpened(reader, file);
        await reader.close();
      });
      await fc.assert(property, { numRuns: runs, seed: SEED });
      // Both outcomes are common, or the fuzzing looks at one of them only.
      expect(opened).toBeGreaterThan(runs * 0.1);
      expect(opened).toBeLessThan(runs * 0.6);
    });
  }

  test(`10,000 mutated shard indexes give an OctetError or what JSON.parse reads, seed ${SEED}`, () => {
    const shard = fc.constantFrom("a.safetensors", "b/c.safetensors", "model-00001-of-00002.safetensors");
    const weights = fc.dictionary(fc.constantFrom("w", "b", "10", "2", "é"), shard);
    const property = fc.property(weights, fc.array(mutation, { maxLength: 3 }), (weight_map, mutations) => {
      const valid = latin(new TextEncoder().encode(JSON.stringify({ metadata: { total_size: 16 }, weight_map })));
      const index = unLatin(mutations.reduce(mutate, valid));
      let parsed: ReadonlyMap<string, string>;
      try {
        parsed = parseShardIndex(index);
      } catch (error) {
        if (OctetError.isInstance(error) && error.code === "ERR_FORMAT") return;
        throw error;
      }
      const { weight_map: expected } = JSON.parse(new TextDecoder().decode(index));
      expect(Object.fromEntries(parsed)).toEqual(expected);
      for (const fileName of parsed.values()) expect(fileName).toMatch(/^(?!\/|.*\.\.\/).*\.safetensors$/);
    });
    fc.assert(property, { numRuns: 10_000, seed: SEED });
  });
});
