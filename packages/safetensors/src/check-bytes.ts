import { OctetError, quote } from "./errors.ts";

/**
 * Refuses data that is not a Uint8Array: of another view, the values or the length in elements would be taken for bytes somewhere
 * down the line. Throws ERR_DTYPE, naming the tensor.
 */
export function checkBytes(name: string, bytes: unknown): void {
  const got = Object.prototype.toString.call(bytes).slice(8, -1);
  if (got === "Uint8Array") return;
  const advice = ArrayBuffer.isView(bytes)
    ? "new Uint8Array(data.buffer, data.byteOffset, data.byteLength)"
    : "a Uint8Array of its bytes";
  throw new OctetError("ERR_DTYPE", `tensor ${quote(name)}: its data has the type ${got}; pass ${advice}`);
}
