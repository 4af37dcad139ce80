import type { Threads } from "../arms/library.ts";
import { copyBytes, type MemoryArm } from "../arms/memory-arm.ts";
import { findCopyFault } from "./find-fault.ts";

/** `set` of one float32 array from another. */
export const copyTypedArray: MemoryArm<Threads> = {
  id: "copy-typed-array",
  library: "copy",
  title: "float32 typed array to typed array",
  bytesPerElement: copyBytes,
  async start(problem) {
    const copy = new Float32Array(problem.original.length);
    return {
      run: async () => copy.set(problem.original),
      findFault: async () => findCopyFault(problem, copy),
      dispose() {},
    };
  },
};
