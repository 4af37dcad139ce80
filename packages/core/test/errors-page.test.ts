import { readFile } from "node:fs/promises";
import type { OctetErrorCode } from "@octet/core";
import { expect, it } from "vitest";

/** Every code; the type makes sure that none is missing. */
const codes: Record<OctetErrorCode, true> = {
  ERR_SHAPE: true,
  ERR_DTYPE: true,
  ERR_NON_FINITE: true,
  ERR_UNSUPPORTED: true,
  ERR_DISPOSED: true,
  ERR_FOREIGN_TENSOR: true,
  ERR_OUT_OF_MEMORY: true,
  ERR_DEVICE_LOST: true,
  ERR_UNAVAILABLE: true,
  ERR_NOT_QUANTIZED: true,
  ERR_FORMAT: true,
};

it("docs/errors.md has a heading for every code, and for no other", async () => {
  const page = await readFile(new URL("../../../docs/errors.md", import.meta.url), "utf8");
  const headings = [...page.matchAll(/^## `?(ERR_\w+)`?$/gm)].map(([, code]) => code);
  expect(headings.toSorted()).toEqual(Object.keys(codes).toSorted());
});
