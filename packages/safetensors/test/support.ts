import { type ByteSink, bytesSource, OctetError, openSafetensors, type SafetensorsReader } from "@octet/safetensors";
import { expect } from "vitest";

/** A file of a header given as text or bytes, as it stands, and data bytes 0, 1, 2... */
export function fileOf(header: string | Uint8Array, dataLength = 0): Uint8Array {
  const json = typeof header === "string" ? new TextEncoder().encode(header) : header;
  const file = new Uint8Array(8 + json.byteLength + dataLength);
  new DataView(file.buffer).setBigUint64(0, BigInt(json.byteLength), true);
  file.set(json, 8);
  for (let at = 0; at < dataLength; at++) file[8 + json.byteLength + at] = at;
  return file;
}

/** One tensor's member of a header. Each part is JSON text, so that it can be wrong in any way. */
export function member(name: string, dtype: string, shape: string, offsets: string): string {
  return `${JSON.stringify(name)}:{"dtype":"${dtype}","shape":${shape},"data_offsets":${offsets}}`;
}

/** A valid header of one tensor "w" with 16 bytes, one part of it replaced by other text. */
export function replaced(part: string, replacement: string): Uint8Array {
  const header = member("w", "I32", "[2,2]", "[0,16]");
  expect(header).toContain(part);
  return fileOf(`{${header.replace(part, () => replacement)}}`, 16);
}

export function openBytes(file: Uint8Array): Promise<SafetensorsReader> {
  return openSafetensors(bytesSource(file));
}

/** Expects an OctetError of the code, and each text in its message. */
export async function expectRefusal(promise: Promise<unknown>, code: string, ...texts: string[]): Promise<void> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(OctetError.isInstance(error), `expected an OctetError, got ${error}`).toBe(true);
  const { code: actual, message } = error as OctetError;
  expect(actual, message).toBe(code);
  for (const text of texts) expect(message).toContain(text);
}

/** Seeded bytes (a linear congruential generator), so that a failure can be repeated. */
export function randomBytes(length: number, seed: number): Uint8Array {
  let state = seed >>> 0;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 24;
  });
}

/** Keeps everything; each chunk is copied, because the writer's caller may reuse it. */
export function memorySink(): ByteSink & { bytes(): Uint8Array } {
  const chunks: Uint8Array[] = [];
  return {
    write: async (bytes) => void chunks.push(bytes.slice()),
    bytes: () => Uint8Array.from(chunks.flatMap((chunk) => [...chunk])),
  };
}
