import { OctetError } from "@octet/core";

/** The same error with what it is about in front of its message; errors of others are left as they are. */
export function errorAbout(subject: string, error: unknown): unknown {
  if (!OctetError.isInstance(error)) return error;
  return new OctetError(error.code, `${subject}: ${error.message}`, { cause: error });
}
