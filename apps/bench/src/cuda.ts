/**
 * Times @octet/cuda beside cuBLASLt in one process, and PyTorch where it is installed, on a machine with an NVIDIA GPU. Prints tables and
 * renews `results/cuda`. Arguments go to the check of @octet/cuda: `--quick`, `--seconds 240`, `--out FOLDER`.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const check = fileURLToPath(new URL("../../../packages/cuda/scripts/check-gpu.ts", import.meta.url));
const out = fileURLToPath(new URL("../results/cuda", import.meta.url));
const args = [check, "--parts", "bench,torch", "--out", out, ...process.argv.slice(2)];
process.exitCode = spawnSync(process.execPath, args, { stdio: "inherit" }).status ?? 1;
