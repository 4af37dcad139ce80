import { DisposableObject } from "@octet/core";
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

  /** @throws OctetError `ERR_DISPOSED`, with nothing changed, when one of the parameters was disposed meanwhile */
  commit(): void {
    for (const { parameter } of this.#pending) parameter.validateAlive();
    for (const { parameter, value } of this.#pending.splice(0)) parameter.set(value);
  }

  dispose(): void {
    for (const { value } of this.#pending.splice(0)) release(value);
  }
}
