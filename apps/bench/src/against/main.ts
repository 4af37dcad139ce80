/** Times the working tree beside an older checkout: the same cells of the same backend, two `dist` folders in one process. */
import { fileURLToPath } from "node:url";
import { Command, Option } from "commander";
import { parseShare } from "../parse-share.ts";
import { formatNumber } from "../report/format.ts";
import { left, right } from "../report/grid.ts";
import { printGrid } from "../report/print.ts";
import { type BackendChoice, backendNames } from "./build.ts";
import { type ComparedCell, compareBuilds } from "./compare-builds.ts";

const root = fileURLToPath(new URL("../../../..", import.meta.url));

/** A cell is slower when its whole interval lies above this. */
const bound = 1.05;

const options = new Command("bench:against")
  .description("Times a backend of this checkout beside that of an older one, in turns. Both must be built.")
  .argument("<checkout>", "the folder of the older checkout")
  .addOption(new Option("--backend <name>", "what computes").choices(backendNames).default("wasm"))
  .option("--share <ms>", "time for each cell", parseShare, 600)
  .option("--quick", "the small shapes only, and few pairs", false)
  .parse();
const [checkout] = options.args;
const { backend, share, quick } = options.opts<{
  backend: BackendChoice["name"];
  share: number;
  quick: boolean;
}>();

/** Both builds for relaxed and plain SIMD, on one thread and two; a device is what it is. */
const variants: readonly object[] =
  backend === "wasm" ? ["relaxed", "plain"].flatMap((simd) => [1, 2].map((threads) => ({ simd, threads }))) : [{}];

const slower: string[] = [];
for (const variant of variants) {
  const choice = { name: backend, options: variant };
  const cells = await compareBuilds({ old: checkout, current: root }, choice, { share, quick });
  const title = [backend, ...Object.values(variant)].join(" ");
  console.log(printGrid(gridOf(title, cells)));
  slower.push(...cells.filter(({ ratio }) => ratio.lower > bound).map(({ name }) => `${title}: ${name}`));
}
if (slower.length > 0) console.error(`bench: slower by more than ${bound}:\n${slower.join("\n")}`);
// Threads of a backend, and Dawn's, keep a process alive.
process.exit(slower.length > 0 ? 1 : 0);

function gridOf(title: string, cells: readonly ComparedCell[]) {
  return {
    title: `${title}: new time over old, median of pairs with its 95 % interval`,
    columns: [
      left("cell"),
      right("old, ms"),
      right("new, ms"),
      right("new / old"),
      right("from"),
      right("to"),
      right("pairs"),
    ],
    rows: cells.map(({ name, old, current, ratio: { median, lower, upper, pairs } }) => [
      name,
      formatNumber(old),
      formatNumber(current),
      ...[median, lower, upper].map((value) => value.toFixed(3)),
      String(pairs),
    ]),
  };
}
