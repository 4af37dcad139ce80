import { OctetError, type OctetErrorCode } from "@octet/core";

/** The OctetError of what the addon threw. Anything else is passed on as it is: it is a bug, not a condition. */
export function octetErrorOf(error: unknown): unknown {
  const code = (error as { octetCode?: OctetErrorCode } | null)?.octetCode;
  return code === undefined ? error : new OctetError(code, (error as Error).message, { cause: error });
}

/** Runs a call of the addon, throwing its errors as OctetErrors. */
export function callNative<Result>(call: () => Result): Result {
  try {
    return call();
  } catch (error) {
    throw octetErrorOf(error);
  }
}
