import { open } from "node:fs/promises";
import { createReferenceBackend } from "@octet/core";

/** Waits for reads that never end, one on each thread that Node has for files. The pipe's path is in the environment. */
export default async function createBlockedBackend() {
  const reads = Array.from({ length: 8 }, () => open(process.env.OCTET_TEST_PIPE));
  console.error(`process ${process.pid} is reading`);
  await Promise.all(reads);
  return createReferenceBackend();
}
