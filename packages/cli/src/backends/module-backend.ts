import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { type BackendFactory, OctetError } from "@octet/core";

/** Whether `--backend` names a module file rather than a backend that this command knows. */
export function isModulePath(name: string): boolean {
  return /^\.{0,2}[/\\]|^file:|^[a-z]:[/\\]|\.[cm]?[jt]s$/i.test(name);
}

/**
 * The factory that a module gives: its default export, or its export `createBackend`.
 * @throws OctetError `ERR_UNAVAILABLE` when there is no such file, the module fails, or it exports neither
 */
export async function importBackendModule(path: string): Promise<BackendFactory> {
  const url = path.startsWith("file:") ? new URL(path) : pathToFileURL(resolve(path));
  let namespace: { readonly default?: unknown; readonly createBackend?: unknown };
  try {
    namespace = await import(url.href);
  } catch (error) {
    const missing = (error as { readonly url?: unknown }).url === url.href;
    const reason = missing ? "there is no such file" : String(error);
    throw new OctetError("ERR_UNAVAILABLE", `${path} cannot be loaded: ${reason}`, { cause: error });
  }
  const factory = namespace.default ?? namespace.createBackend;
  if (typeof factory === "function") return factory as BackendFactory;
  throw new OctetError(
    "ERR_UNAVAILABLE",
    `${path} exports no factory; make a function that returns a backend its default export or its export createBackend`,
  );
}
