import { type Backend, type BackendFactory, type BackendInfo, OctetError } from "@octet/core";
import type { BackendEntry } from "./backend-entry.ts";

/** The version of the contract that this command was written for. */
const apiVersion: BackendInfo["apiVersion"] = 2;

/**
 * Imports a backend's package and starts it. The caller owns the backend.
 * @throws OctetError `ERR_UNAVAILABLE` with the reason: not installed, broken, of another contract, or cannot run here
 */
export async function loadBackend(entry: BackendEntry): Promise<Backend> {
  const factory = await importFactory(entry);
  let backend: Backend;
  try {
    backend = await factory();
  } catch (error) {
    throw OctetError.isInstance(error) ? error : unavailable(`${entry.name} did not start: ${messageOf(error)}`, error);
  }
  if (backend.info.apiVersion !== apiVersion) {
    const got = String(backend.info.apiVersion);
    backend.dispose();
    throw unavailable(
      `${entry.packageName} implements version ${got} of the backend contract, this command version ${apiVersion}; install matching versions`,
    );
  }
  return backend;
}

async function importFactory(entry: BackendEntry): Promise<BackendFactory> {
  let namespace: unknown;
  try {
    namespace = await entry.load();
  } catch (error) {
    throw isMissing(entry.packageName, error)
      ? unavailable(`${entry.packageName} is not installed: npm install ${entry.packageName}`, error)
      : unavailable(`${entry.packageName} cannot be loaded: ${messageOf(error)}`, error);
  }
  const factory = (namespace as Record<string, unknown>)[entry.factory];
  if (typeof factory !== "function") {
    throw unavailable(`${entry.packageName} exports no ${entry.factory}; install a version that does`);
  }
  return factory as BackendFactory;
}

/** Whether the package itself is missing, not something that it imports. */
function isMissing(packageName: string, error: unknown): boolean {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === "ERR_MODULE_NOT_FOUND" && message.includes(`'${packageName}'`);
}

function unavailable(message: string, cause?: unknown): OctetError {
  return new OctetError("ERR_UNAVAILABLE", message, { cause });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
