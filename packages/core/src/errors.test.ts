import { expect, it, vi } from "vitest";
import { OctetError } from "./errors.ts";

it("an OctetError has a code, a message and a cause", () => {
  const cause = new Error("below");
  const error = new OctetError("ERR_SHAPE", "what went wrong", { cause });
  expect(error).toBeInstanceOf(Error);
  expect([error.name, error.code, error.message, error.cause]).toEqual([
    "OctetError",
    "ERR_SHAPE",
    "what went wrong",
    cause,
  ]);
  expect(String(error)).toBe("OctetError: what went wrong");
});

it("isInstance recognises the errors of another installed copy, which instanceof does not", async () => {
  vi.resetModules();
  const { OctetError: OtherCopy } = (await import("./errors.ts")) as { OctetError: typeof OctetError };
  const foreign = new OtherCopy("ERR_DTYPE", "thrown by another copy");
  expect(OtherCopy).not.toBe(OctetError);
  expect(foreign).not.toBeInstanceOf(OctetError);
  expect(OctetError.isInstance(foreign)).toBe(true);
  expect(OtherCopy.isInstance(new OctetError("ERR_SHAPE", "thrown here"))).toBe(true);
});

it("isInstance is false for everything else", () => {
  const lookalike = Object.assign(new Error("ERR_SHAPE"), { code: "ERR_SHAPE", name: "OctetError" });
  for (const other of [lookalike, new Error("x"), {}, null, undefined, "ERR_SHAPE", 3]) {
    expect(OctetError.isInstance(other)).toBe(false);
  }
});
