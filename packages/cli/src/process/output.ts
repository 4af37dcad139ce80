import type { OutputStream } from "../session.ts";

/**
 * Keeps a process alive after the reader of its output has gone (`octet inspect FILE | head`): the rest is dropped, the work and its exit
 * code stay what they are. Any other failure to write is told on `stderr`, and the function returned then gives exit code 1.
 */
export function guardOutput(stdout: OutputStream, stderr: OutputStream): () => number | undefined {
  let exitCode: number | undefined;
  stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE" || exitCode !== undefined) return;
    exitCode = 1;
    stderr.write(`octet: ERR_UNAVAILABLE: cannot write to standard output: ${error.message}\n`);
  });
  stderr.on("error", () => {}); // nowhere left to say it
  return () => exitCode;
}

/** Resolves when everything written has left the process, or cannot. */
export async function finishOutput(...streams: readonly OutputStream[]): Promise<void> {
  await Promise.all(streams.map((stream) => new Promise<void>((resolve) => stream.write("", () => resolve()))));
}
