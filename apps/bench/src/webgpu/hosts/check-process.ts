/**
 * Runs the conformance suite of @octet/webgpu on Dawn for Node, and golden vectors where a manifest is named, on a machine that has no
 * checkout. Prints the outcome as JSON; ends with 1 when a case failed.
 *
 *   node check.mjs [MANIFEST]
 */
import { formatSummary, runConformance } from "@octet/conformance";
import { loadGoldenManifest } from "@octet/conformance/node";
import { createWebGPUBackend } from "@octet/webgpu";
import { runSuite } from "../run-suite.ts";
import { openSharedDevice } from "../shared-device.ts";
import { installWebGPU } from "./install-webgpu.ts";

const [manifest] = process.argv.slice(2);
const { adapter } = await openSharedDevice(installWebGPU());
const suite = await runSuite(
  () => true,
  () => {},
);
const golden =
  manifest === undefined
    ? undefined
    : await runConformance(createWebGPUBackend, { cases: await loadGoldenManifest(manifest) });
const failed = golden?.results.filter(({ status }) => status === "failed").map(({ id, message }) => ({ id, message }));
console.log(JSON.stringify({ adapter, suite, golden: golden && { summary: formatSummary(golden), failed } }, null, 2));
process.exit(failed?.length || suite.notPassed.some(({ status }) => status === "failed") ? 1 : 0); // Dawn goes on polling
