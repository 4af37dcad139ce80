import { Command } from "commander";
import { parseShare } from "./parse-share.ts";
import { fullPlan, quickPlan } from "./plan.ts";
import { cpuReport } from "./report/cpu-report.ts";
import { describeRun, findDoubt } from "./report/describe-run.ts";
import { errorGrid } from "./report/error-grid.ts";
import { freshGrids, linearGrids } from "./report/linear-grids.ts";
import { lossGrids } from "./report/loss-grid.ts";
import { memoryGrids } from "./report/memory-grids.ts";
import { printGrid } from "./report/print.ts";
import { withProgress } from "./report/progress.ts";
import { publish } from "./report/publish.ts";
import { targetGrid } from "./report/targets.ts";
import { writeReport } from "./report/write-report.ts";
import type { CPUResults } from "./results.ts";
import { run } from "./run.ts";

const options = new Command("bench")
  .description("Times Octet's backends beside what a user would pick instead. A full run takes about five minutes.")
  .option("--quick", "one small shape and few calls: shows that every arm starts and is right", false)
  .option("--out <folder>", "write the results there; a full run without it renews what the repository shows")
  .option("--share <ms>", "time for each arm in each cell; more of it gives more samples", parseShare)
  .parse()
  .opts<{ quick: boolean; out?: string; share?: number }>();

const results = await measure();
print(results);
await save(results);
const wrong = [...results.runs[0].linear, ...results.runs[0].memory]
  .flatMap(({ arms }) => arms)
  .filter(({ status }) => status === "wrong");
if (wrong.length > 0) {
  console.error(
    `bench: ${wrong.length} arms gave wrong results and were not timed; the notes under the tables name them`,
  );
  process.exitCode = 1;
}

async function measure(): Promise<CPUResults> {
  const chosen = options.quick ? quickPlan : fullPlan;
  const plan = { ...chosen, effort: { ...chosen.effort, share: options.share ?? chosen.effort.share } };
  return await withProgress((onStep) => run(plan, onStep));
}

function print(results: CPUResults): void {
  const [run] = results.runs;
  const grids = [
    ...linearGrids(run),
    ...freshGrids(run),
    errorGrid(run),
    ...memoryGrids(run),
    ...(results.quick ? [] : [targetGrid(run), ...lossGrids(run)]),
  ];
  console.log(`${describeRun(results)}\n`);
  console.log(
    "Times: median ± half the distance of the quartiles. Speeds: multiples of onnxruntime-web's dynamic int8.\n",
  );
  for (const grid of grids) console.log(printGrid(grid));
  const doubt = findDoubt(results);
  if (doubt !== undefined) console.log(`${doubt}\n`);
}

async function save(results: CPUResults): Promise<void> {
  if (options.out !== undefined) console.log((await writeReport(options.out, results, cpuReport(results))).join("\n"));
  else if (!results.quick) console.log((await publish(results)).join("\n"));
}
