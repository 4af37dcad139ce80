import type { Backend } from "@octet/core";
import type { Fault } from "../../src/faults.ts";
import { Definitions } from "../definitions.ts";
import { HostBackend } from "../host-backend.ts";

/** A fault, and how a host backend comes to have it: by wrong definitions of ops, or as another backend. */
export interface Sabotage {
  readonly fault: Fault;
  readonly define?: (definitions: Definitions) => void;
  readonly Backend?: new (definitions: Definitions) => HostBackend;
}

/** A factory of backends with these faults; at most one of them may be another backend. */
export function sabotagedFactory(...sabotages: readonly Sabotage[]): () => Backend {
  return () => {
    const definitions = new Definitions();
    for (const { define } of sabotages) define?.(definitions);
    const Backend = sabotages.find((sabotage) => sabotage.Backend !== undefined)?.Backend ?? HostBackend;
    return new Backend(definitions);
  };
}
