import { OctetError, type OctetErrorCode } from "@octet/core";
import { expect } from "vitest";

/** Expects an OctetError with this code, whose message names all of `named`. */
export async function expectRefusal(work: Promise<unknown>, code: OctetErrorCode, ...named: string[]): Promise<void> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!OctetError.isInstance(error)) throw new Error(`expected ${code}, got ${String(error)}`, { cause: error });
  expect(error.code, error.message).toBe(code);
  for (const name of named) expect(error.message).toContain(name);
}
