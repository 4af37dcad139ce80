import { type Backend, createReferenceBackend } from "@octet/core";

/** A backend of Octet, or one of its builds, that takes part. */
export interface OctetBackend {
  /** Begins the ids of its arms. */
  readonly id: string;
  readonly name: string;
  create(threads: number): Backend | Promise<Backend>;
}

/** The definition of right, never tuned: its rows show what that costs. */
export const reference: OctetBackend = {
  id: "octet-reference",
  name: "Octet reference",
  create: createReferenceBackend,
};
