import { writeSync } from "node:fs";
import { createReferenceBackend } from "@octet/core";

/** Writes to the descriptor of standard error as native code does, and to standard error as modules do. */
export default function createNoisyBackend() {
  writeSync(2, "MESA: warning: a line of a driver\n");
  console.error("a line of the module");
  return createReferenceBackend();
}
