import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { type Backend, type BackendFactory, OctetError } from "@octet/core";
import { fileSource } from "@octet/safetensors/node";

/** The largest file of a module, in bytes; bundles have some millions. */
const moduleLimit = 2 ** 28;

/** Whether `--backend` names a module file rather than a backend that this command knows. */
export function isModulePath(name: string): boolean {
  return /^\.{0,2}[/\\]|^file:|^[a-z]:[/\\]|\.[cm]?[jt]s$/i.test(name);
}

/**
 * The factory that a module gives: its default export, or its export `createBackend`.
 * @throws OctetError `ERR_UNAVAILABLE` when the file is missing, when the module throws, or when it exports no factory; `ERR_FORMAT` when the
 * file is too large or is not a regular one
 */
export async function importBackendModule(path: string): Promise<BackendFactory> {
  const isUrl = path.startsWith("file:");
  if (isUrl && !URL.canParse(path)) throw cannotLoad(path, "it is not a URL", undefined);
  const url = isUrl ? new URL(path) : pathToFileURL(resolve(path));
  await checkFile(path, url);
  let namespace: { readonly default?: unknown; readonly createBackend?: unknown };
  try {
    namespace = await import(url.href);
  } catch (error) {
    throw cannotLoad(path, String(error), error);
  }
  const factory = namespace.default ?? namespace.createBackend;
  if (typeof factory === "function") return () => start(path, factory as BackendFactory);
  throw new OctetError(
    "ERR_UNAVAILABLE",
    `${path} exports no factory; make a function that returns a backend its default export or its export createBackend`,
  );
}

/** An error of the module's own code is not one of this command. */
async function start(path: string, factory: BackendFactory): Promise<Backend> {
  try {
    return await factory();
  } catch (error) {
    if (OctetError.isInstance(error)) throw error;
    throw new OctetError("ERR_UNAVAILABLE", `the backend of ${path} did not start: ${String(error)}`, { cause: error });
  }
}

/** Node reads a module to its end, on the thread that signals need: a pipe or an endless device would block it for good. */
async function checkFile(path: string, url: URL): Promise<void> {
  try {
    await using source = await fileSource(url);
    if (source.size <= moduleLimit) return;
    throw new OctetError("ERR_FORMAT", `the module ${path} has ${source.size} bytes, the limit is ${moduleLimit}`);
  } catch (error) {
    if (OctetError.isInstance(error)) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    throw cannotLoad(path, code === "ENOENT" ? "there is no such file" : message, error);
  }
}

function cannotLoad(path: string, reason: string, cause: unknown): OctetError {
  return new OctetError("ERR_UNAVAILABLE", `${path} cannot be loaded: ${reason}`, { cause });
}
