import { Command, Option } from "commander";
import { describeMachine as describeThisMachine } from "../machine.ts";
import { parseShare } from "../parse-share.ts";
import { describeMachine, findDoubt } from "../report/describe-run.ts";
import { errorGrid } from "../report/error-grid.ts";
import { printGrid } from "../report/print.ts";
import { withProgress } from "../report/progress.ts";
import { writeReport } from "../report/write-report.ts";
import type { WebGPUResults, WebGPURun } from "../results.ts";
import { runInChromium } from "./hosts/run-in-chromium.ts";
import { runInNode } from "./hosts/run-in-node.ts";
import { describePlace } from "./report/describe-place.ts";
import { webgpuLinearGrids } from "./report/linear-grids.ts";
import { publishWebGPU } from "./report/publish.ts";
import { quantizeGrids } from "./report/quantize-grids.ts";
import { webgpuTargetGrids } from "./report/targets.ts";
import { webgpuReport } from "./report/webgpu-report.ts";

const options = new Command("bench:webgpu")
  .description("Times Octet's WebGPU beside what a user would pick instead, in headless Chromium and on Dawn for Node.")
  .option("--quick", "one small shape and few calls: shows that every arm starts and is right", false)
  .option("--out <folder>", "write the results there; a full run without it renews what the repository shows")
  .option("--share <ms>", "time for each arm in each cell; more of it gives more samples", parseShare)
  .addOption(new Option("--in <place>", "only there; results then need --out").choices(["chromium", "node"]))
  .option("--system-gpu", "Node on what the system's Vulkan has, instead of SwiftShader", false)
  .parse()
  .opts<{ quick: boolean; out?: string; share?: number; in?: "chromium" | "node"; systemGpu: boolean }>();

const results = await measure();
print(results);
if (options.out !== undefined) console.log((await writeReport(options.out, results, webgpuReport(results))).join("\n"));
else if (!options.quick && options.in === undefined) console.log((await publishWebGPU(results)).join("\n"));
const wrong = results.runs
  .flatMap(({ linear, memory }) => [...linear, ...memory])
  .flatMap(({ arms }) => arms)
  .filter(({ status }) => status === "wrong");
if (wrong.length > 0) {
  console.error(
    `bench: ${wrong.length} arms gave wrong results and were not timed; the notes under the tables name them`,
  );
}
// Vite's server keeps a process alive a while after it was closed.
process.exit(wrong.length > 0 ? 1 : 0);

async function measure(): Promise<WebGPUResults> {
  const machine = describeThisMachine();
  const request = { quick: options.quick, share: options.share };
  const runs = await withProgress(async (onStep) => {
    const runs: WebGPURun[] = [];
    if (options.in !== "node") runs.push(await runInChromium(request, onStep));
    if (options.in !== "chromium") runs.push(await runInNode(request, options.systemGpu, onStep));
    return runs;
  });
  return { schema: 2, date: new Date().toISOString(), quick: options.quick, machine, runs };
}

function print(results: WebGPUResults): void {
  console.log(`${describeMachine(results)}\n`);
  console.log(
    "Times: median ± half the distance of the quartiles. Speeds: multiples of onnxruntime-web's MatMulNBits.\n",
  );
  for (const run of results.runs) {
    console.log(`${describePlace(run)}\n`);
    for (const grid of [...webgpuLinearGrids(run), errorGrid(run), ...quantizeGrids(run)]) console.log(printGrid(grid));
  }
  if (!results.quick) for (const grid of webgpuTargetGrids(results.runs)) console.log(printGrid(grid));
  const doubt = findDoubt(results);
  if (doubt !== undefined) console.log(`${doubt}\n`);
}
