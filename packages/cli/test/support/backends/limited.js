import { createReferenceBackend } from "@octet/core";

/** Knows nothing but 8 bits. */
export default function createLimitedBackend() {
  const backend = createReferenceBackend();
  const supports = backend.supports.bind(backend);
  backend.supports = (spec) => supports(spec) && (!("bits" in spec) || spec.bits === 8);
  return backend;
}
