// Every kernel of the backend; src/kernels.ts lists the same names.
export { absmaxBlocks, quantizeBlocks } from "./quantize-blocks";
export { activateBlocks } from "./activate";
export { countNonFinite } from "./non-finite";
export { dequantizeRuns } from "./dequantize";
export { gemmFloats } from "./gemm-floats";
export { gemmIntegers } from "./gemm-integers";
export { gemvFloats } from "./gemv-floats";
export { gemvIntegers } from "./gemv-integers";
export { packRows } from "./pack-rows";
export { quantizeChannels } from "./quantize";
export { quantizeRows } from "./quantize-rows";
