import type { LinearCell } from "../results.ts";
import { type Grid, left, right } from "./grid.ts";
import { namesOf } from "./linear-grids.ts";

/** How exact each way is: its largest relative error against float64 in any cell of a shape. */
export function errorGrid({ linear }: { readonly linear: readonly LinearCell[] }): Grid {
  const shapes = [...Map.groupBy(linear, ({ outFeatures, inFeatures }) => `${outFeatures}x${inFeatures}`)];
  return {
    title: "Relative error of the linear layer against float64",
    columns: [left("library"), left("arm"), ...shapes.map(([shape]) => right(shape))],
    rows: namesOf(linear).map(({ arm, library, title }) => [
      library,
      title,
      ...shapes.map(([, cells]) => {
        const outcomes = cells.flatMap(({ arms }) => arms.filter((outcome) => outcome.arm === arm));
        const errors = outcomes.flatMap((outcome) => (outcome.status === "timed" ? [outcome.error!] : []));
        return errors.length === 0 ? "–" : Math.max(...errors).toExponential(1);
      }),
    ]),
  };
}
