import { spawnSync } from "node:child_process";
import { float16ToFloat32, float32ToBits } from "@octet/core";
import { expect, test } from "vitest";
import { builtProgram } from "../check/executables.ts";
import { checkPrimitives, comparePrimitives, parsePrimitives } from "../check/primitives.ts";
import { emulatorMissing } from "./emulator.ts";

const words = (text: string): number[] => (text.match(/.{8}/g) ?? []).map((word) => Number.parseInt(word, 16));

function runEmulation(): Map<string, string> {
  const { status, stdout } = spawnSync(builtProgram("emulated", "octet_primitives"), {
    encoding: "utf8",
    maxBuffer: 2 ** 26,
  });
  expect(status).toBe(0);
  return parsePrimitives(stdout);
}

test.skipIf(emulatorMissing)("the emulation widens every float16 as core does", () => {
  const results = words(runEmulation().get("half-to-float")!);
  const numbers = Array.from({ length: 65536 }, (_, half) =>
    (half & 0x7c00) === 0x7c00 && (half & 0x3ff) !== 0 ? 0 : half,
  );
  expect(results).toEqual(numbers.map((half) => float32ToBits(float16ToFloat32(half))));
});

test.skipIf(emulatorMissing)("the emulation expands every code to its own number", () => {
  const results = runEmulation();
  const [halves, bfloats] = [words(results.get("codes-to-f16")!), words(results.get("codes-to-bf16")!)];
  for (let byte = 0; byte < 256; byte++) {
    const code = (byte << 24) >> 24;
    for (const word of [halves[2 * byte]!, halves[2 * byte + 1]!]) {
      expect([float16ToFloat32(word & 0xffff), float16ToFloat32(word >>> 16)]).toEqual([code, code]);
    }
    const bits = float32ToBits(code) >>> 16;
    expect([bfloats[2 * byte], bfloats[2 * byte + 1]]).toEqual([bits * 65537, bits * 65537]);
  }
});

test("one different bit is found and placed", () => {
  const wanted = parsePrimitives("mma 0000000100000002\nshuffle 00000003\n");
  const got = parsePrimitives("mma 0000000100000003\nshuffle 00000003\n");
  expect(comparePrimitives(got, wanted)).toEqual([
    { name: "mma", words: 2, different: 1, first: { index: 1, got: "00000003", wanted: "00000002" } },
    { name: "shuffle", words: 1, different: 0 },
  ]);
});

test("a primitive that was not run differs in every word", () => {
  const [comparison] = comparePrimitives(new Map(), parsePrimitives("mma 0000000100000002\n"));
  expect(comparison).toMatchObject({ name: "mma", words: 2, different: 2 });
});

test.skipIf(emulatorMissing)("a machine without a GPU is told so", async () => {
  const { status, summary } = await checkPrimitives("cuda");
  if (status !== "passed") expect([status, summary]).toEqual(["refused", expect.stringMatching(/\S/)]);
});
