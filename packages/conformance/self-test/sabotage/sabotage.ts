import { type Backend, createReferenceBackend } from "@octet/core";
import type { Fault } from "../../src/faults.ts";

/** A fault, and how to give it to a reference backend. */
export interface Sabotage {
  readonly fault: Fault;
  readonly apply: (backend: Backend) => void;
}

/** A factory of reference backends with this fault. */
export function sabotagedFactory({ apply }: Sabotage): () => Backend {
  return () => {
    const backend = createReferenceBackend();
    apply(backend);
    return backend;
  };
}
