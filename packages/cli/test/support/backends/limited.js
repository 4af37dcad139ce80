import { createReferenceBackend } from "@octet/core";

/** Supports 8 bits only. */
export default function createLimitedBackend() {
  const backend = createReferenceBackend();
  const supports = backend.supports.bind(backend);
  backend.supports = (op, forms, params) => {
    const bits = [params, ...Object.values(forms)].map((value) => value?.bits ?? 8);
    return bits.every((count) => count === 8) && supports(op, forms, params);
  };
  return backend;
}
