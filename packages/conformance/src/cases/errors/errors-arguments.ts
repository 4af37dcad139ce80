import {
  activation,
  type Backend,
  dequantize,
  linear,
  maxExactInFeatures,
  type OctetErrorCode,
  quantize,
} from "@octet/core";
import type { ConformanceCase } from "../../case.ts";
import { checkThrows } from "../../checks/expect-error.ts";
import { keepTensors } from "../../checks/keep-tensors.ts";
import { checkMemory } from "../../checks/memory.ts";
import { promiseCase } from "../promise-case.ts";
import { type ErrorOperands, uploadOperands } from "./error-operands.ts";

/** A call that must throw. Casts stand where TypeScript would refuse what JavaScript lets through. */
type BadCall = readonly [what: string, code: OctetErrorCode, call: (tensors: ErrorOperands) => unknown];

/** Each op with each kind of argument that does not fit: thrown at the call, whatever the op would have computed. */
export function argumentErrorCases(): ConformanceCase[] {
  return [
    badCalls("quantize-arguments", quantizeCalls),
    badCalls("dequantize-arguments", dequantizeCalls),
    badCalls("linear-arguments", linearCalls),
    badCalls("activation-arguments", activationCalls),
    promiseCase("errors", "result-larger-than-max-tensor-bytes", ["unchecked-arguments"], largeResult),
  ];
}

function badCalls(name: string, calls: readonly BadCall[]): ConformanceCase {
  return promiseCase(
    "errors",
    name,
    ["unchecked-arguments"],
    async ({ backend }) => {
      await keepTensors(async (keep) => {
        const tensors = uploadOperands(backend, keep);
        const before = backend.memory();
        for (const [what, code, call] of calls) {
          checkThrows(code, () => call(tensors), what);
          checkMemory(backend, before, []);
        }
      });
    },
    [],
  );
}

const quantizeCalls: readonly BadCall[] = [
  ...[0, 1, 9, 2.5, Number.NaN].map((bits): BadCall => {
    return [
      `quantize to ${bits} bits`,
      "ERR_UNSUPPORTED",
      ({ x }) => quantize(x, { granularity: { kind: "tensor" }, bits }),
    ];
  }),
  ...[2, -3, 0.5].map((dim): BadCall => {
    return [
      `quantize [3, 8] on dim ${dim}`,
      "ERR_SHAPE",
      ({ x }) => quantize(x, { granularity: { kind: "channel", dim } }),
    ];
  }),
  ...[0, 3, -1, 1.5, 16].map((size): BadCall => {
    return [
      `quantize [3, 8] in groups of ${size}`,
      "ERR_SHAPE",
      ({ x }) => quantize(x, { granularity: { kind: "group", size } }),
    ];
  }),
  ["quantize by row", "ERR_UNSUPPORTED", ({ x }) => quantize(x, { granularity: { kind: "row" } as never })],
  ["quantize an int8 tensor", "ERR_DTYPE", ({ int8 }) => quantize(int8 as never, { granularity: { kind: "tensor" } })],
  ["quantize codes", "ERR_DTYPE", ({ weight }) => quantize(weight as never, { granularity: { kind: "tensor" } })],
];

const dequantizeCalls: readonly BadCall[] = [
  ["dequantize to int8", "ERR_DTYPE", ({ weight }) => dequantize(weight, { dtype: "int8" as never })],
  ["dequantize to float64", "ERR_DTYPE", ({ weight }) => dequantize(weight, { dtype: "float64" as never })],
  ["dequantize a float tensor", "ERR_DTYPE", ({ x }) => dequantize(x as never, { dtype: "float32" })],
];

const linearCalls: readonly BadCall[] = [
  ["linear of [3, 7] by [5, 8]", "ERR_SHAPE", ({ narrow, weight }) => linear(narrow, weight)],
  ["linear of a scalar", "ERR_SHAPE", ({ scalar, weight }) => linear(scalar, weight)],
  ["linear by a weight of one axis", "ERR_SHAPE", ({ x, bias }) => linear(x, bias)],
  ["linear by a weight of three axes", "ERR_SHAPE", ({ x, cube }) => linear(x, cube)],
  ["linear plus a bias of 6", "ERR_SHAPE", ({ x, weight, longBias }) => linear(x, weight, { bias: longBias })],
  ["linear plus a bias of two axes", "ERR_SHAPE", ({ x, weight, rowBias }) => linear(x, weight, { bias: rowBias })],
  ["linear of an int8 tensor", "ERR_DTYPE", ({ int8, weight }) => linear(int8 as never, weight)],
  ["linear of codes", "ERR_DTYPE", ({ weight }) => linear(weight as never, weight)],
  ["linear by an int8 tensor", "ERR_DTYPE", ({ x, int8 }) => linear(x, int8 as never)],
  ["linear plus an int32 bias", "ERR_DTYPE", ({ x, weight, int32 }) => linear(x, weight, { bias: int32 as never })],
  ["linear to int8", "ERR_DTYPE", ({ x, weight }) => linear(x, weight, { dtype: "int8" as never })],
  [
    "linear with int4 activations",
    "ERR_UNSUPPORTED",
    ({ x, weight }) => linear(x, weight, { activations: "int4" as never }),
  ],
  ["linear by a weight with scales on dim 1", "ERR_UNSUPPORTED", ({ x, columnWeight }) => linear(x, columnWeight)],
  ...(["int8", "int16"] as const).flatMap((activations): BadCall[] => [
    [
      `${activations} linear by groups`,
      "ERR_UNSUPPORTED",
      ({ x, groupWeight }) => linear(x, groupWeight, { activations }),
    ],
    [
      `${activations} linear by floats`,
      "ERR_UNSUPPORTED",
      ({ x, floatWeight }) => linear(x, floatWeight, { activations }),
    ],
    [
      `${activations} linear of ${maxExactInFeatures + 1} features`,
      "ERR_SHAPE",
      ({ longRow, longWeight }) => linear(longRow, longWeight, { activations }),
    ],
  ]),
];

const activationCalls: readonly BadCall[] = [
  ["activation tanh", "ERR_UNSUPPORTED", ({ x }) => activation(x, "tanh" as never)],
  ["activation of an int32 tensor", "ERR_DTYPE", ({ int32 }) => activation(int32 as never, "relu")],
  ["activation of codes", "ERR_DTYPE", ({ weight }) => activation(weight as never, "relu")],
];

/** Small operands, a result larger than the backend says it can hold: refused before anything is allocated. */
async function largeResult({ backend }: { readonly backend: Backend }): Promise<void> {
  const extent = Math.ceil(Math.sqrt(backend.info.maxTensorBytes / 4)) + 1;
  // Past 16 TiB the operands themselves become large, and no result can be.
  if (extent > 2 ** 21) return;
  await keepTensors(async (keep) => {
    const x = keep(backend.upload({ dtype: "float32", shape: [extent, 1], data: new Float32Array(extent) }));
    const weight = keep(
      backend.upload({
        quantized: { dtype: "int8", shape: [extent, 1], data: new Int8Array(extent) },
        scale: { dtype: "float32", shape: [extent], data: new Float32Array(extent).fill(1) },
        granularity: { kind: "channel", dim: 0 },
        bits: 8,
      }),
    );
    const before = backend.memory();
    checkThrows("ERR_OUT_OF_MEMORY", () => linear(x, weight), `linear to [${extent}, ${extent}]`);
    checkMemory(backend, before, []);
  });
}
