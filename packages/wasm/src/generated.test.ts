import { expect, test } from "vitest";
import { digestSources } from "../scripts/digest-sources.ts";
import { sourceDigest } from "./generated/inlined.ts";

test("the inlined kernels and worker are made of the present sources; run `pnpm --filter @octet/wasm sources`", async () => {
  expect(sourceDigest).toBe(await digestSources());
});
