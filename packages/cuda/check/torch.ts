import { readFileSync } from "node:fs";
import { join } from "node:path";
import { besides, runProgram } from "./executables.ts";
import { type PartOutcome, refuse } from "./part.ts";

/** What `torch-linear.py` writes: microseconds of each arm at each shape. A time from one sample is that of a call too slow for more. */
export interface TorchReport {
  readonly versions: Readonly<Record<string, string>>;
  readonly linear: readonly {
    readonly m: number;
    readonly n: number;
    readonly k: number;
    readonly arms: readonly { readonly name: string; readonly microseconds: number; readonly samples: number }[];
  }[];
  readonly leftOut: readonly string[];
}

const python = process.env.OCTET_PYTHON ?? "python3";

/** Times PyTorch on the shapes of the bench, where it is installed. */
export async function benchTorch(folder: string, seconds: number): Promise<PartOutcome> {
  const probe = await runProgram(python, ["-c", "import torch; assert torch.cuda.is_available()"], { seconds: 120 });
  if (probe.status !== 0) return refuse(`no PyTorch with CUDA: ${lastLine(probe.stderr)}`);
  const out = join(folder, "torch.json");
  const args = ["-u", besides("native/bench/torch-linear.py"), "--out", out, "--seconds", String(seconds)];
  const { status, stderr } = await runProgram(python, args, { seconds: seconds + 90, echo: true });
  if (status !== 0) return { status: "failed", summary: lastLine(stderr) };
  const report = JSON.parse(readFileSync(out, "utf8")) as TorchReport;
  return { status: "passed", summary: `${report.linear.length} shapes measured`, details: report };
}

/** The folder of cuBLASLt that PyTorch brings: the newest one on most machines. */
export async function findCublasLt(): Promise<string | undefined> {
  const script =
    "import glob, site, sys; p = [g for s in site.getsitepackages() + sys.path for g in sorted(glob.glob(s + '/nvidia/**/libcublasLt.so.*', recursive=True))]; print(p[0] if p else '')";
  const { status, stdout } = await runProgram(python, ["-c", script], { seconds: 60 });
  return status === 0 && stdout.trim() !== "" ? stdout.trim() : undefined;
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}
