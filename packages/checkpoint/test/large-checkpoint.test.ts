import { quantizePath } from "@octet/checkpoint/node";
import { createReferenceBackend } from "@octet/core";
import { expect, test } from "vitest";
import { createLargeCheckpoint } from "../scripts/large-checkpoint/layout.ts";
import { makeLargeCheckpoint } from "../scripts/large-checkpoint/make.ts";
import { verifyLargeCheckpoint } from "../scripts/large-checkpoint/verify.ts";
import { TemporaryFolder } from "./support/temporary-folder.ts";

test("the check of a large checkpoint, made 256 times smaller", async () => {
  await using folder = await TemporaryFolder.create();
  const checkpoint = createLargeCheckpoint(256);
  await makeLargeCheckpoint(checkpoint, folder.at("in"));
  await quantizePath(folder.at("in"), folder.at("out"), { backend: createReferenceBackend() });
  expect(await verifyLargeCheckpoint(checkpoint, folder.at("out"))).toEqual({ tensors: 51 });

  const other = createLargeCheckpoint(128);
  await expect(verifyLargeCheckpoint(other, folder.at("out"))).rejects.toThrow("expected");
});
