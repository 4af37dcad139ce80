import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { CallCost, CUDAResults, LinearCell, MemoryCell, Outcome } from "../results.ts";
import type { ArmTime, BenchCell, CUDACheck, ElementwiseCell } from "./check-report.ts";
import { cudaArms } from "./linear-cells.ts";
import { titleOfOp } from "./title-of-op.ts";

/** The results of a check in the folder that it wrote. @throws when `check.json` or `bench.json` is not there. */
export async function readCheck(folder: string): Promise<CUDAResults> {
  const read = async (name: string) => JSON.parse(await readFile(join(folder, name), "utf8"));
  return toResults({
    check: await read("check.json"),
    bench: await read("bench.json"),
    ...(existsSync(join(folder, "torch.json")) ? { torch: await read("torch.json") } : {}),
  });
}

/** What a check found, in the schema of all results. PyTorch's arms stand beside the others in their cells. */
export function toResults({ check, bench, torch }: CUDACheck): CUDAResults {
  const { device, ceilings, linear, elementwise, leftOut } = bench;
  const { name, capability, multiprocessors, l2Bytes, memoryBytes, cublasLtVersion } = device;
  const { driverVersion } = check.report;
  const calls = check.results.find(({ part, status }) => part === "calls" && status === "passed")?.details;
  return {
    schema: 2,
    date: check.date,
    quick: false,
    machine: check.machine,
    runs: [
      {
        platform: "cuda",
        place: name,
        versions: torch ? { torch: torch.versions.torch } : {},
        clocks: ["gpu"],
        gpu: {
          ...{ name, capability, multiprocessors, l2Bytes, memoryBytes, driverVersion },
          ...(cublasLtVersion !== undefined && { cublasLtVersion }),
        },
        ceilings,
        parts: check.results.map(({ part, status, summary }) => ({ part, status, summary })),
        calls: (calls as readonly CallCost[] | undefined) ?? [],
        leftOut: [...leftOut, ...(torch?.leftOut ?? [])],
        linear: linear.map((cell) => toLinearCell(cell, torch?.linear)),
        memory: elementwise.map(toMemoryCell),
      },
    ],
  };
}

function toLinearCell({ n, k, m, arms }: BenchCell, torch: readonly BenchCell[] = []): LinearCell {
  const beside = torch.find((cell) => n === cell.n && k === cell.k && m === cell.m);
  return {
    ...{ outFeatures: n, inFeatures: k, rows: m, clock: "gpu" },
    arms: [...arms, ...(beside?.arms ?? [])].map((arm) => {
      const known = cudaArms.find(({ id }) => id === arm.name);
      return toOutcome(arm, known?.library ?? "other", known?.title ?? arm.name);
    }),
  };
}

const toMemoryCell = ({ rows, columns, arms }: ElementwiseCell): MemoryCell => ({
  ...{ job: "quantize and dequantize", outFeatures: rows, inFeatures: columns, clock: "gpu" },
  arms: arms.map((arm) => ({
    ...toOutcome(arm, arm.name === "copy" ? "copy" : "Octet", titleOfOp(arm.name)),
    bytes: arm.bytes,
  })),
});

function toOutcome({ name, microseconds, spread, samples, error, note }: ArmTime, library: string, title: string) {
  return {
    ...{ arm: name, library, title, status: "timed" },
    ...(error !== undefined && { error }),
    ...(note !== undefined && { note }),
    repeated: {
      median: toMilliseconds(microseconds),
      ...(spread !== undefined && { spread }),
      ...(samples !== undefined && { samples }),
    },
  } satisfies Outcome;
}

/** To ten digits, as many as the bench can tell and more. */
const toMilliseconds = (microseconds: number): number => Number((microseconds / 1000).toPrecision(10));
