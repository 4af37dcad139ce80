import { type Backend, DisposableObject, type Tensor } from "@octet/core";
import { type Parameter, release } from "./parameter.ts";

/**
 * Values that are made and checked, and not yet in the parameters they are for. `commit` puts all of them there; until then nothing
 * has changed, and disposing the staging drops them. So that work which fails halfway leaves a model as it was.
 */
export class Staging extends DisposableObject {
  readonly #pending: { readonly parameter: Parameter; readonly value: object }[] = [];

  /** Owns `value` until the commit. */
  add<Value extends object>(parameter: Parameter<Value>, value: Value): void {
    this.#pending.push({ parameter, value });
  }

  /**
   * Resolves when the devices have made every value, by reading them back: `sync` would report what went wrong with tensors of others,
   * and take it from them. Uploads and quantized weights are read once, when a model is made.
   * @throws OctetError what went wrong with one of the values
   */
  async settle(): Promise<void> {
    for (const { parameter, value } of this.#pending) await settle(parameter.backend, value);
  }

  /** @throws OctetError `ERR_DISPOSED`, with nothing changed, when one of the parameters was disposed meanwhile */
  commit(): void {
    for (const { parameter } of this.#pending) parameter.validateAlive();
    for (const { parameter, value } of this.#pending.splice(0)) parameter.set(value);
  }

  dispose(): void {
    for (const { value } of this.#pending.splice(0)) release(value);
  }
}

async function settle(backend: Backend | null, value: object): Promise<void> {
  // Data of the host is there already.
  if (backend !== null) await backend.download(value as Tensor);
}
