import { createReferenceBackend } from "@octet/core";

/** Throws where nobody waits for it. */
export default function createLateBackend() {
  setImmediate(() => {
    throw new Error("too late");
  });
  const backend = createReferenceBackend();
  const download = backend.download.bind(backend);
  backend.download = async (tensor) => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    return download(tensor);
  };
  return backend;
}
