import { formatNumber } from "../../report/format.ts";
import { type Grid, left, right } from "../../report/grid.ts";
import type { CUDARun } from "../../results.ts";

/** What the parts of the check found. */
export function partGrid({ parts }: Pick<CUDARun, "parts">): Grid {
  return {
    title: "What was checked",
    columns: [left("part"), left("status"), left("what")],
    rows: parts.map(({ part, status, summary }) => [part, status, summary.replaceAll("|", "\\|")]),
  };
}

/** What calls cost JavaScript; no table where that was not measured. */
export function callGrids({ calls }: Pick<CUDARun, "calls">): Grid[] {
  if (calls.length === 0) return [];
  return [
    {
      title: "What a call from JavaScript costs, µs",
      columns: [left("call"), right("until it returns"), right("until it is done")],
      rows: calls.map(({ name, returned, done }) => [name, formatNumber(returned), formatNumber(done)]),
    },
  ];
}
