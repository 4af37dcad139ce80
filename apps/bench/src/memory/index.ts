import type { Threads } from "../arms/library.ts";
import type { MemoryArm } from "../arms/memory-arm.ts";
import { reference, wasmPlain, wasmRelaxed } from "../octet-backends.ts";
import { copyInWasm } from "./copy-in-wasm.ts";
import { copyTypedArray } from "./copy-typed-array.ts";
import { dequantizeLoop } from "./dequantize-loop.ts";
import { octetDequantizeArms, octetQuantizeArms } from "./octet.ts";
import { quantizeLoops } from "./quantize-loops.ts";

/** It holds tensors on the host, so that its two arms would be one. */
const referenceArm = (arms: readonly MemoryArm<Threads>[]): readonly MemoryArm<Threads>[] => arms.slice(0, 1);

/** Everyone who takes part in a job, in the order of the tables. */
export const memoryArms: Readonly<Record<"quantize" | "dequantize", readonly MemoryArm<Threads>[]>> = {
  quantize: [
    ...[wasmRelaxed, wasmPlain].flatMap(octetQuantizeArms),
    ...referenceArm(octetQuantizeArms(reference)),
    ...quantizeLoops,
    copyInWasm,
    copyTypedArray,
  ],
  dequantize: [
    ...[wasmRelaxed, wasmPlain].flatMap(octetDequantizeArms),
    ...referenceArm(octetDequantizeArms(reference)),
    dequantizeLoop,
    copyInWasm,
    copyTypedArray,
  ],
};
