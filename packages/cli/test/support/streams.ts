import { Writable } from "node:stream";
import type { OutputStream, Streams } from "../../src/session.ts";

/** A stream that keeps what is written to it. */
export type Capture = OutputStream & { readonly text: string };

export function createCapture(terminal?: { readonly columns: number }): Capture {
  let text = "";
  const stream = new Writable({
    write(chunk, _encoding, done) {
      text += chunk;
      done();
    },
  });
  Object.defineProperty(stream, "text", { get: () => text });
  return Object.assign(stream, terminal && { isTTY: true, columns: terminal.columns }) as unknown as Capture;
}

export function createStreams(overrides: Partial<Streams> = {}): Streams & { stdout: Capture; stderr: Capture } {
  const stdout = createCapture();
  const stderr = createCapture();
  return { env: {}, signal: new AbortController().signal, ...overrides, stdout, stderr };
}
