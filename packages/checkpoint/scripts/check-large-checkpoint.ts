/**
 * Quantizes a checkpoint of 4.3 GB in a process of its own, says how much memory that took at most, checks every tensor of the output, and
 * then kills another run in the middle and looks for what it left. Needs 6 GB of disk, and the packages built.
 *
 *     node packages/checkpoint/scripts/check-large-checkpoint.ts [--divisor N] [--folder PATH]
 *
 * To measure another program, keep the pieces: `--make IN` only makes the checkpoint, `--verify OUT` only checks what became of it.
 */
import { execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { parseArgs, promisify } from "node:util";
import { createLargeCheckpoint } from "./large-checkpoint/layout.ts";
import { makeLargeCheckpoint } from "./large-checkpoint/make.ts";
import { verifyLargeCheckpoint } from "./large-checkpoint/verify.ts";

const limitBytes = 250e6;
const program = join(import.meta.dirname, "large-checkpoint", "quantize.ts");

const { values } = parseArgs({
  options: {
    divisor: { type: "string", default: "1" },
    folder: { type: "string", default: tmpdir() },
    make: { type: "string" },
    verify: { type: "string" },
  },
});
const checkpoint = createLargeCheckpoint(Number(values.divisor));

if (values.make !== undefined) await makeLargeCheckpoint(checkpoint, values.make);
else if (values.verify !== undefined) await verify(values.verify);
else await checkAll(await mkdtemp(join(values.folder, "octet-large-")));

async function checkAll(folder: string): Promise<void> {
  try {
    const [input, output] = [join(folder, "in"), join(folder, "out")];
    await makeLargeCheckpoint(checkpoint, input);
    console.log(`made ${megabytes(checkpoint.byteLength)} of float32 in ${checkpoint.shards.size} shards`);
    const { stdout } = await promisify(execFile)(process.execPath, [...process.execArgv, program, input, output]);
    const { seconds, peakBytes, totals } = JSON.parse(stdout);
    const speed = checkpoint.byteLength / seconds;
    console.log(`quantized ${totals.layers} layers in ${seconds.toFixed(1)} s, ${megabytes(speed)}/s`);
    console.log(`peak of resident memory: ${megabytes(peakBytes)}, limit ${megabytes(limitBytes)}`);
    if (peakBytes > limitBytes) process.exitCode = 1;
    await verify(output);
    await killInTheMiddle(input, join(folder, "killed"), seconds * 500);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function verify(output: string): Promise<void> {
  const { tensors } = await verifyLargeCheckpoint(checkpoint, output);
  console.log(`checked ${tensors} tensors: every byte is as it should be`);
}

async function killInTheMiddle(input: string, output: string, milliseconds: number): Promise<void> {
  const child = spawn(process.execPath, [...process.execArgv, program, input, output], { stdio: "ignore" });
  const ended = new Promise((resolve) => child.once("exit", (_, signal) => resolve(signal)));
  await setTimeout(milliseconds);
  child.kill("SIGKILL");
  if ((await ended) !== "SIGKILL") throw new Error("it was too late to kill it");
  if (existsSync(output)) throw new Error(`a killed run left ${output}`);
  console.log("killed in the middle: nothing under the final name");
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}
