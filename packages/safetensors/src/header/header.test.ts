import { describe, expect, test } from "vitest";
import { OctetError } from "../errors.ts";
import { parseHeader } from "./header.ts";
import { safetensorsLimits } from "./limits.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const repeat = (count: number, member: (at: number) => string): string => {
  let text = "";
  for (let at = 0; at < count; at++) text += `${at === 0 ? "" : ","}${member(at)}`;
  return text;
};

describe("the limits on counts, at which every entry is still valid", { timeout: 300_000 }, () => {
  const count = safetensorsLimits.tensors;
  test(`${count} tensors, and one more`, () => {
    const members = (number: number): string =>
      repeat(number, (at) => `"${at}":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}`);
    expect(parseHeader(encode(`{${members(count)}}`)).entries.length).toBe(count);
    expect(() => parseHeader(encode(`{${members(count + 1)}}`))).toThrow(`tensor "${count}"`);
  });

  test(`${count} entries of metadata, and one more`, () => {
    const metadata = (number: number): string => `{"__metadata__":{${repeat(number, (at) => `"${at}":""`)}}}`;
    expect(parseHeader(encode(metadata(count))).metadata.size).toBe(count);
    expect(() => parseHeader(encode(metadata(count + 1)))).toThrow("__metadata__");
  });
});

test("a quoted name cannot break a message's line, nor make it endless", () => {
  const name = "line\\n".repeat(600);
  let message = "";
  try {
    parseHeader(encode(`{"${name}":{}}`));
  } catch (error) {
    expect(OctetError.isInstance(error)).toBe(true);
    message = (error as OctetError).message;
  }
  expect(message).toContain('"line\\nline\\n');
  expect(message).not.toContain("\n");
  expect(message.length).toBeLessThan(500);
});
