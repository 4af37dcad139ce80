// Every kernel of the backend.
export { absmaxBlocks, quantizeBlocks } from "./quantize/quantize-blocks";
export { activateBlocks } from "./activate";
export { advance, positions, setLength } from "./state/state-length";
export { collectFindings, countNonFinite } from "./non-finite";
export { copyBytes } from "./copy-bytes";
export { dequantizeRuns } from "./quantize/dequantize";
export { gemmFloats } from "./linear/gemm-floats";
export { gemmIntegers } from "./linear/gemm-integers";
export { gemvFloats } from "./linear/gemv-floats";
export { gemvIntegers } from "./linear/gemv-integers";
export { packRows } from "./linear/pack-rows";
export { quantizeChannels } from "./quantize/quantize";
export { quantizeRows, summarizeRows } from "./linear/quantize-rows";
export { readRows, writeRows } from "./state/state-rows";
