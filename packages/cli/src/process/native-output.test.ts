import { expect, it } from "vitest";
import { NativeOutput } from "./native-output.ts";

function outputOf(...pieces: string[]): NativeOutput {
  const output = new NativeOutput();
  for (const piece of pieces) output.add(new TextEncoder().encode(piece));
  return output;
}

it.each([
  [[""], ""],
  [["one\ntwo\n\n"], "two"],
  [
    ["Warning: old\nFATAL ERROR: heap out of mem", "ory\n----- stack -----\n 1: 0xb7\n"],
    "FATAL ERROR: heap out of memory",
  ],
  [["  throw new X(\nError [ERR_MODULE_NOT_FOUND]: no x\n    at y\n"], "Error [ERR_MODULE_NOT_FOUND]: no x"],
  [["TypeError: first\nTypeError: second\nNode.js v26\n"], "TypeError: second"],
])("of %j, the line that tells most is %j", (pieces, telling) => {
  expect(outputOf(...pieces).telling).toBe(telling);
});

it("keeps the end of much output, and letters that come in two pieces", () => {
  const output = outputOf("x".repeat(100_000), "\nfatal: the end");
  const [first, second] = [Uint8Array.of(32, 0xe2, 0x80), Uint8Array.of(0xa6)];
  output.add(first);
  output.add(second);
  expect(output.telling).toBe("fatal: the end …");
});
