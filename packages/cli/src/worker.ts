import { openErrorStream } from "./process/error-stream.ts";
import { abortOnInterruption } from "./process/interruption.ts";
import { finishOutput, guardOutput } from "./process/output.ts";
import { userErrorDescriptor } from "./process/supervise.ts";
import { run } from "./run.ts";
import type { Streams } from "./session.ts";
import { writeError } from "./write-error.ts";

const { stdout, env } = process;
const argv = process.argv.slice(2);
const stderr = openErrorStream(userErrorDescriptor);
// Backends that are modules of the user's may print there, console.error too.
Object.defineProperty(process, "stderr", { value: stderr, configurable: true });
const outputFailure = guardOutput(stdout, stderr);
const streams: Streams = { stdout, stderr, env, signal: abortOnInterruption() };
// An error that no promise carries, such as one of a backend's timer, still ends in one line.
process.on("uncaughtException", (error) => {
  finish(writeError(error, "octet --help", argv.includes("--debug"), streams));
});
const exitCode = await run(argv, streams);
await finishOutput(stdout, stderr);
finish(outputFailure() ?? exitCode);

/**
 * Ends the process, which a backend's threads and handles would keep alive. Even `process.exit` waits for threads that read; the
 * supervisor, once it is told the exit code, does not wait for it.
 */
function finish(exitCode: number): void {
  if (process.connected) process.send?.(exitCode, () => process.exit(exitCode));
  else process.kill(process.pid, "SIGKILL");
}
