import { parse, View } from "vega";
import { compile, type TopLevelSpec } from "vega-lite";

/** The SVG of a chart. */
export async function renderChart(spec: TopLevelSpec): Promise<string> {
  const view = new View(parse(compile(spec).spec), { renderer: "none" });
  try {
    return `${await view.toSVG()}\n`;
  } finally {
    view.finalize();
  }
}
