import { errorGrid } from "../../report/error-grid.ts";
import type { AdapterDescription, WebGPURun } from "../../results.ts";
import { measure } from "../measure.ts";
import { choosePlan, type PlanRequest, type WebGPUPlan } from "../plan.ts";
import { describeAdapter } from "../report/describe-place.ts";
import { webgpuLinearGrids } from "../report/linear-grids.ts";
import { quantizeGrids } from "../report/quantize-grids.ts";
import { runSuite } from "../run-suite.ts";
import { openSharedDevice } from "../shared-device.ts";
import { readChoices, showChoices } from "./choices.ts";
import type { PageFunctions } from "./page-functions.ts";
import { type PageFindings, renderReport } from "./render-report.ts";
import { settle } from "./settle.ts";
import { showGrid } from "./show-grid.ts";

const element = <E extends HTMLElement>(id: string) => document.getElementById(id) as E;
const [check, start, copy] = ["check", "measure", "copy"].map(element<HTMLButtonElement>);
const [adapterLine, verdict, failures, status, tables, report] = [
  "adapter",
  "verdict",
  "failures",
  "status",
  "tables",
  "report",
].map(element);
const progress = element<HTMLProgressElement>("progress");
const [shapes, rows] = [element("shapes"), element("rows")];

/** `?quick` takes the smallest plan, `?families=errors,quantize` leaves out the other cases of the suite. */
const query = new URLSearchParams(location.search);
const request: PlanRequest = { quick: query.has("quick") };
const families = query.get("families")?.split(",");

let findings: PageFindings = {
  date: new Date().toISOString(),
  commit: document.querySelector<HTMLMetaElement>("meta[name=commit]")?.content ?? "",
  userAgent: navigator.userAgent,
};
let plan: WebGPUPlan;

function note(found: Partial<PageFindings>): void {
  findings = { ...findings, ...found };
  report.textContent = renderReport(findings);
}

/** Does one thing at a time, and notes what it throws. */
async function exclusively(work: () => Promise<void>): Promise<void> {
  for (const button of [check, start]) button.disabled = true;
  try {
    await work();
  } catch (error) {
    status.textContent = String(error);
    note({ failure: String(error) });
  } finally {
    for (const button of [check, start]) button.disabled = false;
    progress.hidden = true;
  }
}

async function checkBackend(): Promise<void> {
  failures.replaceChildren();
  // What takes gigabytes and seconds on a GPU takes minutes on a program on the CPU.
  const runsFamily = (family: string) =>
    families?.includes(family) ?? (family !== "large" || !findings.adapter?.software);
  const suite = await runSuite(runsFamily, ({ id, status, message }, done) => {
    verdict.textContent = `${done} cases have run`;
    if (status === "passed") return;
    failures.append(Object.assign(document.createElement("li"), { textContent: `${id}: ${message}` }));
  });
  verdict.textContent = suite.summary;
  note({ suite });
}

async function measurePlan(
  plan: WebGPUPlan,
  onStep: (text: string, done: number) => void | Promise<void>,
): Promise<WebGPURun> {
  const shared = await openSharedDevice(navigator.gpu);
  try {
    return await measure(shared, plan, { name: "In this browser", settle, onStep });
  } finally {
    shared.device.destroy();
  }
}

async function measureChoices(): Promise<void> {
  progress.hidden = false;
  const run = await measurePlan(readChoices(plan, shapes, rows), async (text, done) => {
    status.textContent = text;
    progress.value = done;
    await settle(); // lets the page paint
  });
  const grids = [...webgpuLinearGrids(run), errorGrid(run), ...quantizeGrids(run)];
  tables.replaceChildren(...grids.map(showGrid));
  status.textContent = "Done.";
  note({ run });
}

async function copyReport(): Promise<void> {
  await navigator.clipboard.writeText(report.textContent ?? "");
  element("copied").textContent = "Copied.";
}

/** Looks for an adapter, and shows what suits it. */
async function open(): Promise<void> {
  const { adapter, device } = await openSharedDevice(navigator.gpu);
  device.destroy();
  plan = choosePlan(request, adapter);
  showChoices(plan, shapes, rows);
  adapterLine.textContent = describeAdapter(adapter);
  note({ adapter });
}

const functions: PageFunctions = {
  async measureOnPage(request) {
    const { onStep } = globalThis as unknown as { onStep: (text: string, done: number) => Promise<void> };
    return await measurePlan(choosePlan(request, findings.adapter as AdapterDescription), onStep);
  },
};

check.addEventListener("click", () => exclusively(checkBackend));
start.addEventListener("click", () => exclusively(measureChoices));
copy.addEventListener("click", copyReport);
await exclusively(open);
if (findings.failure !== undefined) adapterLine.textContent = findings.failure;
Object.assign(globalThis, functions);
