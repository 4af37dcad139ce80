import { type Backend, createReferenceBackend, OctetError } from "@octet/core";
import { createWasmBackend } from "@octet/wasm";

/** A backend of Octet, or one of its builds, that takes part. */
export interface OctetBackend {
  /** Begins the ids of its arms. */
  readonly id: string;
  readonly name: string;
  create(threads: number): Backend | Promise<Backend>;
}

/** For runtimes with relaxed SIMD. */
export const wasmRelaxed: OctetBackend = {
  id: "octet-wasm-relaxed",
  name: "Octet wasm",
  create: (threads) => createWasmBackend({ threads, simd: "relaxed" }),
};

/** For all others. */
export const wasmPlain: OctetBackend = {
  id: "octet-wasm-plain",
  name: "Octet wasm, plain SIMD",
  create: (threads) => createWasmBackend({ threads, simd: "plain" }),
};

/** The definition of right, never tuned: its rows show what that costs. */
export const reference: OctetBackend = {
  id: "octet-reference",
  name: "Octet reference",
  create: createReferenceBackend,
};

/** Starts a backend. @throws OctetError `ERR_UNAVAILABLE` unless it runs on so many threads */
export async function start({ create }: OctetBackend, threads: number): Promise<Backend> {
  const backend = await create(threads);
  if (threads === 1 || backend.info.features.includes(`threads=${threads}`)) return backend;
  const reason = backend.info.features.find((feature) => feature.startsWith("no threads"));
  backend.dispose();
  throw new OctetError("ERR_UNAVAILABLE", reason ?? "runs on one thread");
}
