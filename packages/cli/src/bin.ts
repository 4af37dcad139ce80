#!/usr/bin/env node
import { abortOnSignals } from "./interruption.ts";
import { finishOutput, guardOutput } from "./output.ts";
import { run } from "./run.ts";
import type { Streams } from "./session.ts";
import { writeError } from "./write-error.ts";

const { stdout, stderr, env } = process;
const argv = process.argv.slice(2);
const outputFailure = guardOutput(stdout, stderr);
const streams: Streams = { stdout, stderr, env, signal: abortOnSignals() };
// What nobody awaits, such as a timer of a backend, still ends in one line.
process.on("uncaughtException", (error) => {
  process.exit(writeError(error, "octet --help", argv.includes("--debug"), streams));
});
const exitCode = await run(argv, streams);
await finishOutput(stdout, stderr);
// A backend may leave threads or handles behind that would keep the process alive.
process.exit(outputFailure() ?? exitCode);
