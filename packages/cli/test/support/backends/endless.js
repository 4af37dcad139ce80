import { createReferenceBackend } from "@octet/core";

/** Never answers, and says so. */
export default function createEndlessBackend() {
  const backend = createReferenceBackend();
  backend.download = () => {
    process.stderr.write("waiting for ever\n");
    return new Promise(() => {});
  };
  return backend;
}
