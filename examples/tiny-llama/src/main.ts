#!/usr/bin/env node
import { parseArgs } from "node:util";
import { openCheckpointPath } from "@octet/checkpoint/node";
import { type BackendFactory, createReferenceBackend, type LinearActivations, linearActivations } from "@octet/core";
import { createWasmBackend } from "@octet/wasm";
import { SingleBar } from "cli-progress";
import { heldOutLoss } from "./held-out-loss.ts";
import { heldOutWindows } from "./held-out-text.ts";
import { loadLlama } from "./load.ts";

const usage = `Usage: loss [options] CHECKPOINT [CHECKPOINT ...]

Prints the held-out loss of LLaMA checkpoints (folders), float or quantized, on the same text.

  --windows-per-file N    windows of 256 bytes from each of the nine held-out texts: 4 (default) or 32 for the figures of the README
  --backend NAME          wasm (default) or reference
  --activations KIND      of quantized layers: float (default), int16 or int8
  --help`;

const backends = new Map<string, BackendFactory>([
  ["wasm", createWasmBackend],
  ["reference", createReferenceBackend],
]);

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    "windows-per-file": { type: "string", default: "4" },
    backend: { type: "string", default: "wasm" },
    activations: { type: "string", default: "float" },
    help: { type: "boolean", default: false },
  },
});
const windowsPerFile = Number(values["windows-per-file"]);
const createBackend = backends.get(values.backend);
const activations = linearActivations.find((kind) => kind === values.activations);
if (values.help || positionals.length === 0 || !createBackend || !activations || !(windowsPerFile >= 1)) {
  console.log(usage);
  process.exit(values.help ? 0 : 2);
}
await printLosses(positionals, createBackend, windowsPerFile, activations);

async function printLosses(
  paths: readonly string[],
  createBackend: BackendFactory,
  windowsPerFile: number,
  activations: LinearActivations,
): Promise<void> {
  using backend = await createBackend();
  const windows = await heldOutWindows(windowsPerFile);
  console.log(
    `${windows.length} windows of 256 bytes, ${activations} activations, ${backend.info.name} backend (${backend.info.device})`,
  );
  let first: number | undefined;
  for (const path of paths) {
    await using checkpoint = await openCheckpointPath(path);
    using model = await loadLlama(checkpoint, { backend, activations });
    const bar = new SingleBar({ format: `${path} {bar} {percentage}% | {eta_formatted} left`, clearOnComplete: true });
    bar.start(windows.length, 0);
    const loss = await heldOutLoss(model, windows, (done) => bar.update(done));
    bar.stop();
    first ??= loss;
    const change = loss === first ? "" : `  (${loss > first ? "+" : ""}${(loss - first).toFixed(6)})`;
    console.log(
      `${path.padEnd(Math.max(...paths.map((other) => other.length)))}  ${loss.toFixed(6)} nats per byte${change}`,
    );
  }
}
