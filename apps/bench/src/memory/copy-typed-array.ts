import { findCopyFault } from "./find-fault.ts";
import { copyBytes, type MemoryArm } from "./memory-arm.ts";

/** `set` of one float32 array from another. */
export const copyTypedArray: MemoryArm = {
  id: "copy-typed-array",
  library: "copy",
  title: "float32 typed array to typed array",
  bytesPerElement: copyBytes,
  async open(problem) {
    const copy = new Float32Array(problem.original.length);
    return {
      call: async () => copy.set(problem.original),
      findFault: async () => findCopyFault(problem, copy),
      close: async () => {},
    };
  },
};
