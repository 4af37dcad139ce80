/**
 * Checks and times @octet/cuda on the machine that it runs on, from a checkout or from a bundle: primitives against their emulation,
 * conformance, golden vectors, recorded programs, the cost of calls, kernels beside cuBLASLt, PyTorch where it is installed. Prints tables, writes JSON.
 *
 *   octet-cuda-check [--out FOLDER] [--parts primitives,conformance,...] [--seconds 240] [--torch-seconds 90] [--quick] [--emulated]
 *
 * Ends with 0 when nothing failed, 1 when something did, 3 when there is no device to check.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { loadAddon, type Platform } from "../src/load-addon.ts";
import { type BenchReport, benchKernels } from "./bench.ts";
import { measureCalls } from "./calls.ts";
import { checkConformance, checkGoldenVectors } from "./conformance.ts";
import { besides } from "./executables.ts";
import { describeMachine } from "./machine.ts";
import { type PartOutcome, type PartResult, refuse, runPart } from "./part.ts";
import { checkPrimitives } from "./primitives.ts";
import { checkPrograms } from "./programs.ts";
import { elementwiseTable, formatTable, linearTable } from "./table.ts";
import { benchTorch, type TorchReport } from "./torch.ts";

const { values } = parseArgs({
  options: {
    out: { type: "string", default: process.env.OUT ?? besides("build/check") },
    parts: { type: "string" },
    seconds: { type: "string", default: "240" },
    "torch-seconds": { type: "string", default: "90" },
    quick: { type: "boolean", default: false },
    emulated: { type: "boolean", default: false },
  },
});
const platform: Platform = values.emulated ? "emulated" : "cuda";
const benchSeconds = Number(values.seconds);
const torchSeconds = Number(values["torch-seconds"]);

/** In the order in which a first run learns most. */
const parts: Readonly<Record<string, () => Promise<PartOutcome>>> = {
  primitives: () => checkPrimitives(platform),
  conformance: () => checkConformance(platform),
  golden: () => checkGoldenVectors(platform),
  programs: () => checkPrograms(platform),
  calls: () => measureCalls(platform),
  bench: async () => (values.emulated ? noTimes : await benchKernels(values.out, benchSeconds, values.quick)),
  torch: async () => (values.emulated ? noTimes : await benchTorch(values.out, torchSeconds)),
};
const noTimes = refuse("times of an emulation tell nothing");

async function main(): Promise<number> {
  const wanted = values.parts?.split(",") ?? Object.keys(parts);
  const unknown = wanted.filter((name) => !(name in parts));
  if (unknown.length > 0) {
    console.error(`there is no part ${unknown.join(", ")}; use ${Object.keys(parts).join(", ")}`);
    return 2;
  }
  mkdirSync(values.out, { recursive: true });
  const report = (await loadAddon(platform)).describePlatform();
  console.log(`octet-cuda-check on ${platform}: ${JSON.stringify(report)}`);
  if (report.deviceCount === 0) {
    console.error("no NVIDIA GPU can be used here; --emulated checks the kernels on the CPU");
    return 3;
  }
  const results: PartResult[] = [];
  const facts = { date: new Date().toISOString(), machine: describeMachine(), platform, report };
  for (const name of wanted) {
    results.push(await runPart(name, parts[name]!));
    writeFileSync(join(values.out, "check.json"), JSON.stringify({ ...facts, results }, null, 1));
  }
  printTables(results);
  return results.some(({ status }) => status === "failed") ? 1 : 0;
}

function printTables(results: readonly PartResult[]): void {
  const details = (part: string): unknown => results.find((result) => result.part === part)?.details;
  const bench = details("bench") as BenchReport | undefined;
  if (bench !== undefined) {
    const {
      copyGigabytesPerSecond: copy,
      readGigabytesPerSecond: read,
      float16TeraflopsPerSecond: product,
    } = bench.ceilings;
    console.log(`\nLinear, microseconds; x: times as fast as float16 by cuBLASLt in the same run`);
    console.log(linearTable(bench, details("torch") as TorchReport | undefined));
    console.log(`\nquantize and dequantize of float16`);
    console.log(elementwiseTable(bench));
    console.log(
      `\nceilings: copy ${copy?.toFixed(0)} GB/s, read ${read?.toFixed(0)} GB/s, float16 ${product?.toFixed(0)} TFLOP/s`,
    );
  }
  console.log("");
  const rows = results.map(({ part, status, seconds, summary }) => [
    part,
    status,
    `${seconds} s`,
    summary.slice(0, 160),
  ]);
  console.log(formatTable(["part", "status", "time", "what"], rows));
}

process.exitCode = await main();
