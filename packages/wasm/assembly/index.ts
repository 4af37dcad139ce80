// Every kernel of the backend.
export { absmaxBlocks, quantizeBlocks } from "./quantize-blocks";
export { activateBlocks } from "./activate";
export { advance, positions, setLength } from "./state-length";
export { collectFindings, countNonFinite } from "./non-finite";
export { copyBytes } from "./copy-bytes";
export { dequantizeRuns } from "./dequantize";
export { gemmFloats } from "./gemm-floats";
export { gemmIntegers } from "./gemm-integers";
export { gemvFloats } from "./gemv-floats";
export { gemvIntegers } from "./gemv-integers";
export { packRows } from "./pack-rows";
export { quantizeChannels } from "./quantize";
export { quantizeRows, summarizeRows } from "./quantize-rows";
export { readRows, writeRows } from "./state-rows";
