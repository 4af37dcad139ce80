import type { Backend, MemoryUse } from "@octet/core";
import { check } from "./failure.ts";

/** Fails unless memory() is what it was `before`, plus the tensors that are `alive` since. */
export function checkMemory(
  backend: Backend,
  before: MemoryUse,
  alive: readonly { readonly byteLength: number }[],
): void {
  const got = backend.memory();
  const tensors = before.tensors + alive.length;
  const bytes = alive.reduce((sum, { byteLength }) => sum + byteLength, before.bytes);
  const message = alive.length === 0 ? "after everything was disposed" : `with ${alive.length} tensors alive`;
  check(
    got.tensors === tensors && got.bytes === bytes,
    `memory() ${message}: got ${got.tensors} tensors of ${got.bytes} bytes, wanted ${tensors} of ${bytes}`,
  );
}
