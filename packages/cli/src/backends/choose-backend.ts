import { type Backend, firstAvailable, OctetError } from "@octet/core";
import type { RejectedBackendJson } from "../json.ts";
import { type BackendEntry, backendEntries, findEntry } from "./backend-entry.ts";
import { loadBackend } from "./load-backend.ts";

export interface ChosenBackend {
  /** The caller's to dispose. */
  readonly backend: Backend;
  /** Those that `auto` tried before, in order, and why each was not taken. */
  readonly rejected: readonly RejectedBackendJson[];
}

/**
 * Starts the backend that `--backend` names, or for `auto` the first that starts and is not software posing as a GPU.
 * @throws OctetError `ERR_UNAVAILABLE` when it does not start: a backend asked for by name has no substitute.
 */
export async function chooseBackend(
  name: string,
  entries: readonly BackendEntry[] = backendEntries,
): Promise<ChosenBackend> {
  if (name !== "auto") return { backend: await loadBackend(findEntry(name, entries)), rejected: [] };
  const { backend, rejected } = await firstAvailable(entries.map((entry) => () => loadForAuto(entry)));
  return { backend, rejected: rejected.map(({ index, error }) => describeRejection(entries[index], error)) };
}

/** Whether a device is a program on the CPU that poses as a GPU, which `auto` never takes. */
export function isSoftware(backend: Backend): boolean {
  return backend.info.features.includes("software");
}

/** Why a backend was not taken, for reports. */
export function describeRejection({ name }: BackendEntry, error: unknown): RejectedBackendJson {
  return OctetError.isInstance(error)
    ? { name, code: error.code, reason: error.message }
    : { name, code: "ERR_UNAVAILABLE", reason: String(error) };
}

async function loadForAuto(entry: BackendEntry): Promise<Backend> {
  const backend = await loadBackend(entry);
  if (!isSoftware(backend)) return backend;
  const { device } = backend.info;
  backend.dispose();
  throw new OctetError("ERR_UNAVAILABLE", `${device} is a software device: used only with --backend ${entry.name}`);
}
