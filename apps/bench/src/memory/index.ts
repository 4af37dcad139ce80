import { reference, wasmPlain, wasmRelaxed } from "../octet-backends.ts";
import { copyInWasm } from "./copy-in-wasm.ts";
import { copyTypedArray } from "./copy-typed-array.ts";
import { dequantizeLoop } from "./dequantize-loop.ts";
import type { MemoryArm } from "./memory-arm.ts";
import { octetDequantizeArms, octetQuantizeArms } from "./octet.ts";
import { quantizeLoops } from "./quantize-loops.ts";

/** It holds tensors on the host, so that its two arms would be one. */
const referenceArm = (arms: readonly MemoryArm[]): readonly MemoryArm[] => arms.slice(0, 1);

/** Everyone who takes part in a job, in the order of the tables. */
export const memoryArms: Readonly<Record<"quantize" | "dequantize", readonly MemoryArm[]>> = {
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
