#!/usr/bin/env node
import { abortOnSignals } from "./interruption.ts";
import { finishOutput, guardOutput } from "./output.ts";
import { run } from "./run.ts";

const { stdout, stderr, env, argv } = process;
const failure = guardOutput(stdout, stderr);
const exitCode = await run(argv.slice(2), { stdout, stderr, env, signal: abortOnSignals() });
await finishOutput(stdout, stderr);
// A backend may leave threads or handles behind that would keep the process alive.
process.exit(failure() ?? exitCode);
