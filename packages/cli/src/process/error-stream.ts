import { writeSync } from "node:fs";
import { Writable } from "node:stream";
import { isatty, WriteStream } from "node:tty";
import type { OutputStream } from "../session.ts";

/** How long a pipe that is full is left to its reader, in ms. */
const patience = 5;

/** A stream over a descriptor that holds nothing back: what is written has left the process, even if the process ends right after. */
export function openErrorStream(descriptor: number): OutputStream {
  if (isatty(descriptor)) return new WriteStream(descriptor);
  return new Writable({
    decodeStrings: true,
    write(bytes: Buffer, _encoding, done) {
      try {
        writeFully(descriptor, bytes);
        done();
      } catch (error) {
        done(error as Error);
      }
    },
  });
}

/** Another process that shares the descriptor may have made it one that does not wait. */
function writeFully(descriptor: number, bytes: Buffer): void {
  for (let written = 0; written < bytes.byteLength; ) {
    try {
      written += writeSync(descriptor, bytes, written);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, patience);
    }
  }
}
