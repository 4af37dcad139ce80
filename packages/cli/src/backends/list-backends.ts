import type { BackendsJson } from "../json.ts";
import { type BackendEntry, backendEntries } from "./backend-entry.ts";
import { describeRejection, isSoftware } from "./choose-backend.ts";
import { loadBackend } from "./load-backend.ts";

/** Starts every backend once, for what it says of itself or why it does not run. */
export async function listBackends(entries: readonly BackendEntry[] = backendEntries): Promise<BackendsJson> {
  const backends: BackendsJson["backends"][number][] = [];
  let auto: string | null = null;
  for (const entry of entries) {
    try {
      const backend = await loadBackend(entry);
      const { device, features, maxTensorBytes } = backend.info;
      if (!isSoftware(backend)) auto ??= entry.name;
      backend.dispose();
      backends.push({ name: entry.name, available: true, device, features, maxTensorBytes });
    } catch (error) {
      backends.push({ available: false, ...describeRejection(entry, error) });
    }
  }
  return { backends, auto };
}
