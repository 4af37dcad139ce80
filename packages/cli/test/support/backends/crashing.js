import { writeSync } from "node:fs";

/** Crashes as native code does. */
export default function createCrashingBackend() {
  writeSync(2, "Warning: of no importance\nfatal error: the driver lost its mind\n  at 0x1234\n");
  process.kill(process.pid, "SIGSEGV");
  return new Promise(() => {});
}
