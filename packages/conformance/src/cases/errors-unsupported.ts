import { type Backend, type FloatDType, floatDTypes, type Granularity, type OpSpec } from "@octet/core";
import type { ConformanceCase, ConformanceContext } from "../case.ts";
import { codesTensor, generate } from "../data.ts";
import { checkThrows } from "../expect-error.ts";
import { check } from "../failure.ts";
import { keepTensors } from "../keep-tensors.ts";
import { type HostOperand, type Operand, upload } from "../operands.ts";
import { promiseCase } from "./promise-case.ts";

/** `supports` decides: what it denies throws, and it denies what the contract does not define. */
export function unsupportedCases(): ConformanceCase[] {
  return [
    promiseCase(
      "errors",
      "what-supports-denies-throws",
      ["silent-fallback", "unchecked-arguments"],
      deniedOpsThrow,
      [],
    ),
    promiseCase("errors", "supports-denies-the-undefined", [], deniesUndefined, []),
  ];
}

const granularities: readonly Granularity[] = [
  { kind: "tensor" },
  { kind: "channel", dim: 0 },
  { kind: "channel", dim: 1 },
  { kind: "group", size: 4 },
];
const widths = [2, 3, 4, 5, 6, 7, 8];

/** Runs no op that is supported: that they work is what all other cases check. */
async function deniedOpsThrow({ backend }: ConformanceContext): Promise<void> {
  await keepTensors(async (keep) => {
    const tensors = new Map<HostOperand, Operand>();
    const operand = (host: HostOperand): never => {
      if (!tensors.has(host)) tensors.set(host, keep(upload(backend, host)));
      return tensors.get(host) as never;
    };
    for (const { spec, call } of everyOp(operand)) {
      const answer = backend.supports(spec);
      check(
        typeof answer === "boolean",
        `supports() gave ${String(answer)} for ${JSON.stringify(spec)}; answer with a boolean`,
      );
      if (!answer)
        checkThrows("ERR_UNSUPPORTED", () => call(backend), `an op that supports() denies, ${JSON.stringify(spec)}`);
    }
  });
}

interface OpCall {
  readonly spec: OpSpec;
  readonly call: (backend: Backend) => unknown;
}

/** Every op of the contract, on tensors of 3 x 8 and 5 x 8. */
function* everyOp(operand: (host: HostOperand) => never): Generator<OpCall> {
  const floats = new Map(floatDTypes.map((dtype) => [dtype, generate(dtype, [5, 8], () => 1)]));
  const biases = new Map(floatDTypes.map((dtype) => [dtype, generate(dtype, [5], () => 1)]));
  const codes = granularities.flatMap((granularity) =>
    widths.map((bits) => codesTensor([5, 8], granularity, bits, new Int8Array(40).fill(1), () => 1)),
  );
  for (const dtype of floatDTypes) {
    const x = floats.get(dtype) as HostOperand;
    for (const { granularity, bits } of codes) {
      yield {
        spec: { op: "quantize", dtype, granularity, bits },
        call: (backend) => backend.quantize(operand(x), { granularity, bits }),
      };
    }
    for (const host of codes) {
      const { granularity, bits } = host;
      yield {
        spec: { op: "dequantize", dtype, granularity, bits },
        call: (backend) => backend.dequantize(operand(host), dtype),
      };
    }
    for (const kind of ["relu", "gelu", "silu"] as const) {
      yield { spec: { op: "activation", dtype, kind }, call: (backend) => backend.activation(operand(x), kind) };
    }
    yield* linearCalls(dtype, x, [...floats.values(), ...codes], biases, operand);
  }
}

function* linearCalls(
  dtype: FloatDType,
  x: HostOperand,
  weights: readonly HostOperand[],
  biases: ReadonlyMap<FloatDType, HostOperand>,
  operand: (host: HostOperand) => never,
): Generator<OpCall> {
  for (const weight of weights) {
    const description =
      "quantized" in weight
        ? { granularity: weight.granularity, bits: weight.bits }
        : { dtype: weight.dtype as FloatDType };
    for (const activations of ["float", "int16", "int8"] as const) {
      for (const outputDType of floatDTypes) {
        for (const bias of [undefined, ...floatDTypes]) {
          const addend = bias && biases.get(bias);
          yield {
            spec: { op: "linear", dtype, outputDType, activations, weight: description, ...(bias && { bias }) },
            call: (backend) =>
              backend.linear(operand(x), operand(weight), {
                activations,
                dtype: outputDType,
                bias: addend ? operand(addend) : null,
              }),
          };
        }
      }
    }
  }
}

async function deniesUndefined({ backend }: ConformanceContext): Promise<void> {
  const tensor: Granularity = { kind: "tensor" };
  const weight = { granularity: tensor, bits: 8 };
  const linear = { op: "linear", dtype: "float32", outputDType: "float32", activations: "float", weight } as const;
  const undefinedOps: readonly unknown[] = [
    { op: "quantize", dtype: "float32", granularity: tensor, bits: 1 },
    { op: "quantize", dtype: "float32", granularity: tensor, bits: 9 },
    { op: "quantize", dtype: "float32", granularity: { kind: "row" }, bits: 8 },
    { op: "quantize", dtype: "int8", granularity: tensor, bits: 8 },
    { op: "dequantize", dtype: "int32", granularity: tensor, bits: 8 },
    { op: "activation", dtype: "float32", kind: "tanh" },
    { op: "activation", dtype: "int8", kind: "relu" },
    { op: "softmax", dtype: "float32" },
    { ...linear, activations: "int4" },
    { ...linear, outputDType: "int8" },
    { ...linear, bias: "int32" },
    { ...linear, weight: { granularity: { kind: "channel", dim: 1 }, bits: 8 } },
    { ...linear, activations: "int8", weight: { granularity: { kind: "group", size: 4 }, bits: 8 } },
    { ...linear, activations: "int16", weight: { dtype: "float32" } },
  ];
  for (const spec of undefinedOps) {
    check(
      backend.supports(spec as OpSpec) === false,
      `supports() is not false for ${JSON.stringify(spec)}, which the contract leaves undefined`,
    );
  }
}
