import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { builtProgram, notBuilt, runProgram } from "./executables.ts";
import { type PartOutcome, refuse } from "./part.ts";
import { findCublasLt } from "./torch.ts";

export interface BenchArm {
  readonly name: string;
  readonly microseconds: number;
  readonly spread: number;
  /** Relative difference to cuBLASLt's result, where the two must agree. */
  readonly error?: number;
  readonly note?: string;
}

/** What `octet_bench` writes. */
export interface BenchReport {
  readonly device: Readonly<Record<string, string | number>>;
  readonly ceilings: {
    readonly copyGigabytesPerSecond?: number;
    readonly readGigabytesPerSecond?: number;
    readonly float16TeraflopsPerSecond?: number;
  };
  readonly linear: readonly {
    readonly m: number;
    readonly n: number;
    readonly k: number;
    readonly arms: readonly BenchArm[];
  }[];
  readonly elementwise: readonly {
    readonly rows: number;
    readonly columns: number;
    readonly arms: readonly (BenchArm & { readonly bytes: number })[];
  }[];
  readonly leftOut: readonly string[];
}

/** Times the kernels beside cuBLASLt. `seconds`: no new shape is begun after that. */
export async function benchKernels(folder: string, seconds: number, quick: boolean): Promise<PartOutcome> {
  const program = builtProgram("cuda", "octet_bench");
  if (!existsSync(program)) return refuse(notBuilt(program));
  const out = join(folder, "bench.json");
  const cublasLt = process.env.OCTET_CUBLASLT ?? (await findCublasLt());
  const env = cublasLt === undefined ? process.env : { ...process.env, OCTET_CUBLASLT: cublasLt };
  const args = ["--out", out, "--seconds", String(seconds), ...(quick ? ["--quick"] : [])];
  rmSync(out, { force: true });
  const { status, stderr } = await runProgram(program, args, {
    seconds: seconds + 90,
    echo: true,
    env,
  });
  if (status === 3) return refuse(stderr.trim());
  const report = existsSync(out) ? (JSON.parse(readFileSync(out, "utf8")) as BenchReport) : undefined;
  if (status !== 0 || report === undefined) {
    return { status: "failed", summary: `ended with ${status}: ${stderr.trim()}`, details: report };
  }
  const wrong = report.linear.flatMap(({ m, n, k, arms }) =>
    arms
      .filter(({ name, error }) => error !== undefined && !(error <= (name === "octet-int8" ? 0.02 : 0.002)))
      .map(({ name, error }) => `${name} at ${m} x ${n} x ${k} differs from cuBLASLt by ${error}`),
  );
  const left = report.leftOut.length === 0 ? "" : `, ${report.leftOut.length} left out`;
  return {
    status: wrong.length === 0 ? "passed" : "failed",
    summary: wrong.length === 0 ? `${report.linear.length} shapes measured${left}` : wrong.join("; "),
    details: report,
  };
}
