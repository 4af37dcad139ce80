import { formatSummary, runConformance } from "@octet/conformance";
import { type Backend, OctetError } from "@octet/core";
import { backends } from "./backends.ts";
import { quantizeFile } from "./quantize-file.ts";
import { showReport } from "./show-report.ts";

const element = <E extends HTMLElement>(id: string) => document.getElementById(id) as E;
const choice = element<HTMLSelectElement>("backend");
const device = element("device");
const input = element<HTMLInputElement>("file");
const drop = element("drop");
const progress = element<HTMLProgressElement>("progress");
const status = element("status");
const download = element<HTMLAnchorElement>("download");
const check = element<HTMLButtonElement>("check");
const summary = element("summary");
const failures = element("failures");

for (const name of Object.keys(backends)) choice.append(new Option(name));

const describeError = (error: unknown) =>
  OctetError.isInstance(error) ? `${error.code}: ${error.message}` : String(error);

/** Runs `work` with the chosen backend, one thing at a time, and shows what it throws. */
async function withBackend(output: HTMLElement, work: (backend: Backend) => Promise<void>): Promise<void> {
  for (const control of [choice, input, check]) control.disabled = true;
  try {
    const backend = await backends[choice.value]();
    device.textContent = `on ${backend.info.device}`;
    try {
      await work(backend);
    } finally {
      backend.dispose();
    }
  } catch (error) {
    output.textContent = describeError(error);
  } finally {
    for (const control of [choice, input, check]) control.disabled = false;
    progress.hidden = true;
  }
}

function quantize(file: File): Promise<void> {
  URL.revokeObjectURL(download.href);
  download.hidden = true;
  progress.hidden = false;
  status.textContent = `Quantizing ${file.name}`;
  return withBackend(status, async (backend) => {
    const start = performance.now();
    const quantized = await quantizeFile(backend, file, ({ bytesDone, bytesTotal }) => {
      progress.value = bytesDone / bytesTotal;
    });
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    showReport(element("report"), quantized.report);
    download.href = URL.createObjectURL(quantized.file);
    download.download = file.name.replace(/(\.safetensors)?$/, ".int8.safetensors");
    download.hidden = false;
    const { layers, checkpointBytesBefore, checkpointBytesAfter } = quantized.report.totals;
    status.textContent = `Quantized ${layers} layers in ${seconds} s: ${checkpointBytesBefore} to ${checkpointBytesAfter} bytes`;
  });
}

function runSuite(): Promise<void> {
  failures.replaceChildren();
  return withBackend(summary, async (backend) => {
    let done = 0;
    // The suite makes a backend of its own, and another after a failure.
    backend.dispose();
    const result = await runConformance(backends[choice.value], {
      filter: ({ family }) => family !== "large",
      async onResult({ id, status, message }) {
        if (status === "failed") {
          failures.append(Object.assign(document.createElement("li"), { textContent: `${id}: ${message}` }));
        }
        done += 1;
        if (done % 10 > 0) return;
        summary.textContent = `${done} cases have run`;
        await new Promise((resolve) => setTimeout(resolve)); // lets the page paint
      },
    });
    summary.textContent = formatSummary(result);
  });
}

input.addEventListener("change", () => {
  const [file] = input.files ?? [];
  if (file) quantize(file);
});
drop.addEventListener("dragover", (event) => {
  event.preventDefault();
  drop.classList.add("over");
});
drop.addEventListener("dragleave", () => drop.classList.remove("over"));
drop.addEventListener("drop", (event) => {
  event.preventDefault();
  drop.classList.remove("over");
  const file = event.dataTransfer?.files[0];
  if (file && !input.disabled) quantize(file);
});
check.addEventListener("click", runSuite);
