import octet from "@octet/webgpu/package.json" with { type: "json" };
import type { Grid } from "../../report/grid.ts";
import { left } from "../../report/grid.ts";
import { renderTable } from "../../report/render-table.ts";
import type { AdapterDescription, WebGPURun } from "../../results.ts";
import { describeAdapter } from "../report/describe-place.ts";
import { renderRun } from "../report/markdown.ts";
import type { SuiteOutcome } from "../run-suite.ts";

/** What the page has found out so far. */
export interface PageFindings {
  /** ISO 8601 */
  readonly date: string;
  /** Of the sources that the page is made of. */
  readonly commit: string;
  readonly userAgent: string;
  /** Undefined where there is no adapter: then `failure` says why. */
  readonly adapter?: AdapterDescription;
  readonly suite?: SuiteOutcome;
  readonly run?: WebGPURun;
  /** What stopped the page. */
  readonly failure?: string;
}

/** A report in Markdown, to be pasted into an issue: what ran where, and all that came out. */
export function renderReport({ date, commit, userAgent, adapter, suite, run, failure }: PageFindings): string {
  const facts = [
    `- Adapter: ${adapter ? describeAdapter(adapter) : "none"}`,
    `- Features: ${adapter ? [...adapter.features, ...adapter.languageFeatures].join(", ") || "none" : "none"}`,
    `- Browser: ${userAgent}`,
    `- Octet: @octet/webgpu ${octet.version}, commit ${commit}, ${date}`,
  ];
  const paragraphs = [
    "## Octet on WebGPU",
    facts.join("\n"),
    ...(failure === undefined ? [] : [`**Stopped:** ${failure}`]),
    "### Conformance",
    ...(suite ? renderSuite(suite) : ["Not run."]),
    "### Bench",
    ...(run ? renderRun(run) : ["Not run."]),
  ];
  return `${paragraphs.join("\n\n")}\n`;
}

function renderSuite({ summary, features, families, notPassed, suspects }: SuiteOutcome): string[] {
  const grid: Grid = {
    title: "",
    columns: [left("case"), left("status"), left("message")],
    rows: notPassed.map(({ id, status, message }) => [`\`${id}\``, status, inCell(message)]),
  };
  return [
    `**${summary}** (${families.join(", ")}), with ${features.join(", ") || "no optional feature"}`,
    ...(notPassed.length > 0 ? [renderTable(grid)] : []),
    ...(suspects.length > 0 ? [`Known mistakes that would explain it: ${suspects.join(", ")}`] : []),
  ];
}

/** A text that does not end the cell that it is in. */
const inCell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("\n", " ");
