import { conformanceCases, goldenCases, runConformance } from "@octet/conformance";
import { bytesSource, openSafetensors } from "@octet/safetensors";
import { createWasmBackend } from "@octet/wasm";

/**
 * Runs the suite against `createWasmBackend(options)`; with `large`, the cases that take longest as well. In JavaScript, since not every
 * bundler takes TypeScript without configuration.
 */
export async function runSuite({ large, ...options }) {
  const factory = () => createWasmBackend(options);
  const backend = await factory();
  const { features } = backend.info;
  backend.dispose();
  const [manifest, tensors] = await Promise.all([
    fetch("/golden/contract.json").then((response) => response.json()),
    fetch("/golden/contract.safetensors").then((response) => response.arrayBuffer()),
  ]);
  const golden = goldenCases(manifest, await openSafetensors(bytesSource(new Uint8Array(tensors))));
  const { passed, failed, skipped, results } = await runConformance(factory, {
    cases: [...conformanceCases(), ...golden],
    profile: "models",
    filter: ({ family }) => large || family !== "large",
  });
  const failures = results.filter(({ status }) => status !== "passed").map(({ id, message }) => `${id}: ${message}`);
  return { features, passed, failed, skipped, failures };
}
