import { formatSummary, runConformance } from "@octet/conformance";
import { createTinyBackend } from "./backend.ts";

const summary = document.querySelector("#summary")!;
const failures = document.querySelector("#failures")!;
let done = 0;

const result = await runConformance(createTinyBackend, {
  filter: ({ family }) => family !== "large",
  async onResult({ id, status, message }) {
    if (status === "failed")
      failures.append(Object.assign(document.createElement("li"), { textContent: `${id}: ${message}` }));
    done += 1;
    if (done % 20 > 0) return;
    summary.textContent = `${done} cases have run`;
    await new Promise((resolve) => setTimeout(resolve)); // lets the page paint
  },
});
summary.textContent = formatSummary(result);
