import { type ChildProcess, fork } from "node:child_process";
import { formatErrorLine } from "../terminal/text.ts";
import { openErrorStream } from "./error-stream.ts";
import { Interruption, interruptingSignals } from "./interruption.ts";
import { NativeOutput } from "./native-output.ts";

/** Where the worker finds the user's standard error: its own takes what native code writes. */
export const userErrorDescriptor = 3;

const standardError = 2;

/** How long a worker that has done its work may take to end, in ms, before it is ended. */
const timeToEnd = 1_000;

/** How long output may come after the end of a worker, in ms: a process that it left behind may hold the pipe open. */
const lastWords = 200;

/**
 * Does the work of the command in a process of its own, and resolves to the exit code.
 *
 * Graphics drivers write to the process's standard error by themselves, past everything that JavaScript could do about it. So the
 * worker's is a pipe to this process: its text is dropped, unless the worker crashes, when it is the only explanation, or `--debug` is
 * given. The worker itself writes to the descriptor `userErrorDescriptor`.
 *
 * The first SIGINT, SIGTERM or SIGHUP is passed on, as a message, for the worker to stop and clean up. A second ends both processes at
 * once, also when the worker cannot listen: this process never waits for anything else.
 */
export async function supervise(worker: URL, argv: readonly string[]): Promise<number> {
  const debug = argv.includes("--debug");
  const child = fork(worker, argv, { stdio: ["inherit", "inherit", "pipe", standardError, "ipc"] });
  const output = new NativeOutput();
  // Not process.stderr: that would make a pipe one that does not wait, for the worker as well.
  const stderr = openErrorStream(standardError);
  stderr.on("error", () => {}); // nowhere left to say it
  child.stderr?.on("data", (bytes: Buffer) => (debug ? stderr.write(bytes) : output.add(bytes)));
  const interruption = passSignalsOn(child);
  const { exitCode, problem } = await ended(child);
  if (exitCode !== undefined) return exitCode;
  const interrupted = interruption();
  const told = [problem, output.telling, "--debug prints more"].filter(Boolean).join("; ");
  const line =
    interrupted === undefined
      ? formatErrorLine("ERR_INTERNAL", `the process that does the work failed: ${told}`, stderr, process.env)
      : formatErrorLine("ERR_INTERRUPTED", interrupted.message, stderr, process.env);
  stderr.write(line);
  return interrupted?.exitCode ?? 1;
}

/** The function returned gives the first signal that came. */
function passSignalsOn(child: ChildProcess): () => Interruption | undefined {
  let interruption: Interruption | undefined;
  for (const name of interruptingSignals) {
    process.on(name, () => {
      if (interruption !== undefined) {
        child.kill("SIGKILL");
        process.exit(new Interruption(name).exitCode);
      }
      interruption = new Interruption(name);
      child.send(name, () => {}); // a worker that is gone has no use for it
    });
  }
  return () => interruption;
}

/** The exit code that the worker sent when it was done, having said itself what is wrong; or why it ended without one. */
async function ended(child: ChildProcess): Promise<{ readonly exitCode?: number; readonly problem?: string }> {
  return new Promise((resolve) => {
    let exitCode: number | undefined;
    child.once("error", (error) => resolve({ problem: error.message }));
    child.once("message", (sent: number) => {
      exitCode = sent;
      setTimeout(() => child.kill("SIGKILL"), timeToEnd);
    });
    const settle = (code: number | null, signal: string | null): void => {
      resolve(exitCode === undefined ? { problem: `${signal ?? `code ${code}`} ended it` } : { exitCode });
    };
    // "close" comes after the last message and the last output, or never.
    child.once("close", settle);
    child.once("exit", (...how) => setTimeout(settle, lastWords, ...how));
  });
}
