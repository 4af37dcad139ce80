import { OctetError, type OctetErrorCode } from "@octet/core";
import { expect } from "vitest";

/** Expects `action` to throw, or to reject with, an OctetError of `code`, and gives it back. */
export async function rejection(action: () => unknown, code: OctetErrorCode): Promise<OctetError> {
  let error: unknown;
  try {
    await action();
  } catch (thrown) {
    error = thrown;
  }
  expect(OctetError.isInstance(error), `expected ${code}, got ${String(error)}`).toBe(true);
  expect((error as OctetError).code).toBe(code);
  return error as OctetError;
}
