/**
 * The main job, from a bare clone to a verdict: builds the workspace, quantizes the bundled language model with the real command,
 * and measures what that cost in held-out loss.
 */
import { spawnSync } from "node:child_process";

const model = "examples/tiny-llama/model";
const quantized = "examples/tiny-llama/quantized";
const turboOptions = ["--output-logs=errors-only", "--ui=stream", "--log-order=grouped"];

function run(title: string, program: string, ...args: string[]): void {
  console.log(`\n== ${title}\n`);
  const env = { ...process.env, DO_NOT_TRACK: "1", TURBO_TELEMETRY_DISABLED: "1", TURBO_NO_UPDATE_NOTIFIER: "1" };
  const { status } = spawnSync(program, args, { stdio: "inherit", env });
  if (status !== 0) process.exit(status ?? 1);
}

const quantize = ["quantize", model, "-o", quantized, "--force"];

run("Build", "turbo", "run", "build", ...turboOptions);
run(`Quantize: octet ${quantize.join(" ")}`, process.execPath, "packages/cli/dist/bin.js", ...quantize);
run("Held-out loss, before and after", process.execPath, ...["examples/tiny-llama/dist/main.js", model, quantized]);
