import { type Backend, type BackendFactory, formatValue, OctetError } from "@octet/core";
import { checkBackend } from "./check-backend.ts";

/** The backend that cases share. One that was disposed, or that failed a case and may be broken, is replaced by a new one. */
export class BackendHolder {
  readonly #factory: BackendFactory;
  #backend: Backend | undefined;

  /** @throws OctetError `ERR_UNSUPPORTED` for what is not a function */
  constructor(factory: BackendFactory) {
    if (typeof factory !== "function") {
      throw new OctetError(
        "ERR_UNSUPPORTED",
        `got ${formatValue(factory)} for the factory; pass a function that gives a backend`,
      );
    }
    this.#factory = factory;
  }

  /** The shared backend, started when there is none alive. @throws OctetError `ERR_UNAVAILABLE` for what is no backend */
  async get(): Promise<Backend> {
    if (this.#backend === undefined || this.#backend.disposed) this.#backend = checkBackend(await this.#factory());
    return this.#backend;
  }

  /** Gives up a backend whose state is not known any more. What its `dispose` throws says nothing new, so it is dropped. */
  discard(): void {
    try {
      this.#backend?.dispose();
    } catch {}
    this.#backend = undefined;
  }

  /** Disposes the backend at the end of a run. */
  dispose(): void {
    this.#backend?.dispose();
    this.#backend = undefined;
  }
}
