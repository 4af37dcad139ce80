import { formatNumber } from "../../report/format.ts";
import { type Grid, left, right } from "../../report/grid.ts";
import type { CallCost, CheckReport } from "../results.ts";

/** What the parts of the check found. */
export function partGrid({ results }: CheckReport): Grid {
  return {
    title: "What was checked",
    columns: [left("part"), left("status"), left("what")],
    rows: results.map(({ part, status, summary }) => [part, status, summary.replaceAll("|", "\\|")]),
  };
}

/** What calls cost JavaScript; no table where that was not measured. */
export function callGrids({ results }: CheckReport): Grid[] {
  const costs = results.find(({ part, status }) => part === "calls" && status === "passed")?.details as
    | readonly CallCost[]
    | undefined;
  if (costs === undefined) return [];
  return [
    {
      title: "What a call from JavaScript costs, µs",
      columns: [left("call"), right("until it returns"), right("until it is done")],
      rows: costs.map(({ name, returned, done }) => [name, formatNumber(returned), formatNumber(done)]),
    },
  ];
}
