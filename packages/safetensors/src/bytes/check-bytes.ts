import { OctetError } from "../errors.ts";

/**
 * Refuses data that is not a Uint8Array: of another view, the values or the length in elements would be taken for bytes somewhere
 * down the line. Throws ERR_DTYPE; `owner` begins the message.
 */
export function checkBytes(owner: string, bytes: unknown): asserts bytes is Uint8Array {
  if (isBytes(bytes)) return;
  const advice = ArrayBuffer.isView(bytes)
    ? "new Uint8Array(data.buffer, data.byteOffset, data.byteLength)"
    : "a Uint8Array of its bytes";
  throw new OctetError("ERR_DTYPE", `${owner}: its data has the type ${typeName(bytes)}; pass ${advice}`);
}

/** Whether it is a Uint8Array of any realm. */
export function isBytes(bytes: unknown): bytes is Uint8Array {
  return typeName(bytes) === "Uint8Array";
}

function typeName(value: unknown): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}
