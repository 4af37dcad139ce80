import { expect, test } from "vitest";
import { OctetError } from "./errors.ts";

test("isInstance recognises the brand that every Octet package uses, and nothing else", () => {
  const error = new OctetError("ERR_FORMAT", "text", { cause: 1 });
  expect(error).toBeInstanceOf(Error);
  expect(`${error}`).toBe("OctetError: text");
  expect([error.code, error.cause]).toEqual(["ERR_FORMAT", 1]);
  expect((error as unknown as Record<symbol, unknown>)[Symbol.for("octet.error")]).toBe(true);
  expect(Object.keys(error)).not.toContain("octet.error");
  expect(OctetError.isInstance(error)).toBe(true);
  expect(OctetError.isInstance({ [Symbol.for("octet.error")]: true })).toBe(true);
  for (const other of [new Error("text"), null, undefined, "ERR_FORMAT", { code: "ERR_FORMAT" }]) {
    expect(OctetError.isInstance(other)).toBe(false);
  }
});
