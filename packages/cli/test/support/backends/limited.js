import { createReferenceBackend } from "@octet/core";

/** Knows nothing but 8 bits. */
export default function createLimitedBackend() {
  const backend = createReferenceBackend();
  const supports = backend.supports.bind(backend);
  backend.supports = (op, inputs, params) => {
    const bits = params.bits ?? inputs.tensor?.bits ?? inputs.weight?.bits ?? 8;
    return bits === 8 && supports(op, inputs, params);
  };
  return backend;
}
