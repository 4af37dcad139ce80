import type { AdapterDescription, Clock, WebGPURun } from "../../results.ts";

/** "google swiftshader, SwiftShader driver 5.0.0, a program on the CPU". */
export function describeAdapter({ vendor, architecture, device, description, software }: AdapterDescription): string {
  const names = [`${vendor} ${architecture}`.trim(), device, description].filter((name) => name !== "");
  return [...names, ...(software ? ["a program on the CPU"] : [])].join(", ");
}

/** Where a run was made, with what, and how its times were taken, in a few sentences. */
export function describePlace({ place, adapter, versions, jobs, clocks }: WebGPURun): string {
  const features = [...adapter.features, ...adapter.languageFeatures].join(", ") || "none";
  const peers = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return (
    `${place}. Adapter: ${describeAdapter(adapter)}; optional features: ${features}. Beside ${peers.join(", ")}, all on one device. ` +
    `Times are those of one job of ${jobs} that were enqueued before anyone waited; ${howTimed(clocks)}.`
  );
}

const howTimed = (clocks: readonly Clock[]): string =>
  clocks.includes("gpu")
    ? "by GPU timestamps around every compute pass, and by wall time until the queue was empty"
    : "by wall time until the queue was empty, as the device has no timestamps";

export const clockNames: Readonly<Record<Clock, string>> = { gpu: "GPU timestamps", wall: "wall time" };
