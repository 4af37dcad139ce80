/** The name of a mistake that backends make. */
export type Fault =
  | "round-half-up"
  | "reciprocal-of-scale"
  | "reciprocal-of-qmax"
  | "unrounded-quotient"
  | "flushed-subnormals"
  | "missed-maximum"
  | "reduced-dim"
  | "ignored-bits"
  | "nan-ignored"
  | "previous-scale"
  | "dropped-tail"
  | "dequantize-rounds-once"
  | "truncated-halves"
  | "saturated-overflow"
  | "ignored-output-dtype"
  | "scales-multiplied-first"
  | "fused-bias"
  | "ignored-bias"
  | "negative-zero"
  | "asymmetric-activations"
  | "qmax-32767"
  | "float32-sums"
  | "wrapped-sums"
  | "tensor-float-32"
  | "half-sums"
  | "unrepeatable-sums"
  | "refused-overflow"
  | "spread-overflow"
  | "tanh-gelu"
  | "leak"
  | "consumed-input"
  | "overwritten-neighbour"
  | "kept-upload"
  | "live-download"
  | "wrong-memory"
  | "shared-shape"
  | "second-dispose-throws"
  | "late-download"
  | "immortal-tensors"
  | "forgotten-dispose"
  | "foreign-accepted"
  | "unchecked-arguments"
  | "silent-fallback"
  | "shared-row-scale"
  | "unrounded-fusion"
  | "uncut-length"
  | "returning-rows"
  | "aliased-copy"
  | "dropped-row-tail"
  | "ignored-undo"
  | "stale-replay"
  | "recorded-lengths"
  | "shared-results"
  | "swallowed-errors";

/**
 * Known mistakes, each with what it does. Cases say which of them they catch, and the suite's own tests run a backend with each: it
 * must fail exactly those cases.
 */
export const faults: Readonly<Record<Fault, string>> = {
  // Quantizing
  "round-half-up": "rounds codes as Math.round does, halves up instead of to even",
  "reciprocal-of-scale": "multiplies by 1 / scale instead of dividing by scale",
  "reciprocal-of-qmax": "multiplies the maximum by 1 / qmax instead of dividing it by qmax",
  "unrounded-quotient": "rounds x / scale to a code without rounding it to float32 first",
  "flushed-subnormals": "takes subnormal inputs, scales and results as zero",
  "missed-maximum": "leaves the last element of a group out of the maximum",
  "reduced-dim": "takes dim as the axis to reduce, not as the one that keeps its scales",
  "ignored-bits": "uses the range of 8 bits for every width",
  "nan-ignored": "takes NaN and infinities as zero",
  // Places
  "previous-scale": "uses the scale of the channel or group before",
  "dropped-tail": "leaves out what comes after the last multiple of 4 along the last axis",
  // Dequantizing and output dtypes
  "dequantize-rounds-once": "rounds code * scale to a half type without rounding it to float32 first",
  "truncated-halves": "cuts results off to a half type instead of rounding them",
  "saturated-overflow": "gives the largest finite value where the result is an infinity",
  "ignored-output-dtype": "gives the result in float32 whatever dtype was asked for",
  // Linear, exact
  "scales-multiplied-first": "multiplies the sum by the product of both scales",
  "fused-bias": "adds the bias to the scaled sum with one rounding for both",
  "ignored-bias": "leaves out the bias",
  "negative-zero": "gives -0 where the sum is 0",
  "asymmetric-activations": "lets activations reach a code below -127 or -32639",
  "qmax-32767": "quantizes int16 activations to 32767",
  "float32-sums": "sums int8 products in float32",
  "wrapped-sums": "sums int16 products in 32 bits",
  // Linear, bounded
  "tensor-float-32": "cuts float32 operands of a float linear to the 11 significant bits of TF32",
  "half-sums": "sums products of float16 or bfloat16 activations in that type",
  "unrepeatable-sums": "sums in an order that changes from run to run",
  "refused-overflow": "throws where a result of a float linear is an infinity or NaN",
  "spread-overflow": "lets an infinity or NaN in a result of a float linear make the rest of its row NaN",
  // Activations
  "tanh-gelu": "uses the tanh approximation of gelu",
  // Codes of activations, fused ops
  "shared-row-scale": "gives all rows of activations the largest of their scales",
  "unrounded-fusion": "leaves out the rounding between the parts of a fused op",
  // States
  "uncut-length": "leaves the device's count of positions as it was when a state is truncated or reset",
  "returning-rows": "gives rows of memory, not zeros, where a state has no position",
  "aliased-copy": "gives the copy of a state the memory of the original",
  "dropped-row-tail": "writes only the whole words of a row of a state",
  "ignored-undo": "does not take the device's count of positions back after an op that failed",
  // Programs
  "stale-replay": "gives the results of a program's first run in every run",
  "recorded-lengths": "takes the lengths of states in a program from the time of its recording",
  "shared-results": "gives the results of all runs of a program the same memory",
  "swallowed-errors": "forgets what went wrong in the run of a program",
  // Memory and ownership
  leak: "keeps one tensor of every op",
  "consumed-input": "disposes the tensor that an op was given",
  "overwritten-neighbour": "writes past the end of a result",
  "kept-upload": "keeps a view of the uploaded array instead of a copy",
  "live-download": "returns its own memory from download instead of a copy",
  "shared-shape": "shares shapes and granularities with its callers, or lets them be assigned to",
  "wrong-memory": "counts tensors in memory(), but not their bytes",
  // Lifetime and errors
  "second-dispose-throws": "throws when a tensor is disposed a second time",
  "late-download": "reads a tensor for download only when the caller waits for it",
  "immortal-tensors": "leaves tensors alive when the backend is disposed",
  "forgotten-dispose": "does not look whether a tensor is disposed",
  "foreign-accepted": "takes tensors of another backend",
  "unchecked-arguments": "throws what is wrong with the arguments only at download",
  "silent-fallback": "runs what supports() denies",
};
