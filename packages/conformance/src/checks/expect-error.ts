import { type AnyHandle, type Backend, OctetError, type OctetErrorCode } from "@octet/core";
import { ConformanceFailure, check } from "./failure.ts";
import { download } from "./operands.ts";

/** Fails unless `call` throws an OctetError with this code, at once. */
export function checkThrows(code: OctetErrorCode, call: () => unknown, what: string): void {
  let result: unknown;
  try {
    result = call();
  } catch (error) {
    checkCode(error, code, what);
    return;
  }
  if (typeof result === "object" && result !== null && "dispose" in result) (result as AnyHandle).dispose();
  throw new ConformanceFailure(`${what}: nothing was thrown, wanted ${code} at the call`);
}

/** Fails unless the promise that `call` returns rejects with an OctetError with this code; throwing at the call is a failure too. */
export async function checkRejects(code: OctetErrorCode, call: () => Promise<unknown>, what: string): Promise<void> {
  let promise: Promise<unknown>;
  try {
    promise = call();
  } catch (error) {
    throw new ConformanceFailure(`${what}: threw at the call, wanted a promise that rejects with ${code}`, {
      cause: error,
    });
  }
  try {
    await promise;
  } catch (error) {
    checkCode(error, code, what);
    return;
  }
  throw new ConformanceFailure(`${what}: resolved, wanted a rejection with ${code}`);
}

/**
 * Fails unless an op that meets a NaN or infinity says so: at the call, or at the first read, which `read` chooses. What the error must
 * name: the flat index of the first such element, and how many there are.
 */
export async function checkNonFinite(
  backend: Backend,
  call: () => AnyHandle,
  { first, count, read }: { readonly first: number; readonly count: number; readonly read: "download" | "sync" },
): Promise<void> {
  let result: AnyHandle | undefined;
  let thrown: unknown;
  try {
    result = call();
    await (read === "sync" ? backend.sync() : download(backend, result));
  } catch (error) {
    thrown = error;
  }
  try {
    check(thrown !== undefined, `nothing was thrown by the call or by ${read}(), wanted ERR_NON_FINITE`);
    checkCode(thrown, "ERR_NON_FINITE", `the call or ${read}()`);
    const numbers = (thrown as Error).message.match(/\d+/g)?.map(Number) ?? [];
    check(
      numbers.includes(first) && numbers.includes(count),
      `the error must name the first index ${first} and the count ${count}; got: ${(thrown as Error).message}`,
    );
  } finally {
    result?.dispose();
  }
}

function checkCode(error: unknown, code: OctetErrorCode, what: string): void {
  if (OctetError.isInstance(error) && error.code === code) return;
  const got = OctetError.isInstance(error) ? error.code : "no OctetError";
  throw new ConformanceFailure(`${what}: got ${got} (${String(error)}), wanted ${code}`, { cause: error });
}
