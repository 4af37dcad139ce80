import {
  type AnyHandle,
  activation,
  activationCodes,
  advance,
  type Backend,
  dequantize,
  type FloatDType,
  floatDTypes,
  type Granularity,
  type HostQuantizedTensor,
  type HostTensor,
  linear,
  type OpCall,
  positions,
  quantize,
  quantizeRows,
  type RowCodesKind,
  type State,
  type StateForm,
} from "@octet/core";
import {
  activationCall,
  activationCodesCall,
  dequantizeCall,
  formatCall,
  linearCall,
  quantizeCall,
  quantizeRowsCall,
  stateCalls,
} from "../../calls.ts";
import type { ConformanceCase, ConformanceContext } from "../../case.ts";
import { checkThrows } from "../../checks/expect-error.ts";
import { check } from "../../checks/failure.ts";
import { keepTensors } from "../../checks/keep-tensors.ts";
import { type HostData, upload } from "../../checks/operands.ts";
import { codesTensor, generate } from "../../data/data.ts";
import { promiseCase } from "../promise-case.ts";

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
    const tensors = new Map<HostData, AnyHandle>();
    const operand = (host: HostData): never => {
      if (!tensors.has(host)) tensors.set(host, keep(upload(backend, host)));
      return tensors.get(host) as never;
    };
    for (const { asked, call } of [...everyOp(operand), ...stateOps(backend)]) {
      const { op, inputs, params } = asked;
      const answer = backend.supports(op, inputs, params);
      const what = formatCall(asked);
      check(typeof answer === "boolean", `supports() gave ${String(answer)} for ${what}; answer with a boolean`);
      if (!answer) checkThrows("ERR_UNSUPPORTED", call, `an op that supports() denies, ${what}`);
    }
  });
}

/** A call as `supports` is asked about it, and the call itself. */
interface AskedCall {
  readonly asked: OpCall;
  readonly call: () => unknown;
}

/** Every op of the contract, on tensors of 3 x 8 and 5 x 8. */
function* everyOp(operand: (host: HostData) => never): Generator<AskedCall> {
  const floats = new Map(floatDTypes.map((dtype) => [dtype, generate(dtype, [5, 8], () => 1)]));
  const biases = new Map(floatDTypes.map((dtype) => [dtype, generate(dtype, [5], () => 1)]));
  const codes = granularities.flatMap((granularity) =>
    widths.map((bits) => codesTensor([5, 8], granularity, bits, new Int8Array(40).fill(1), () => 1)),
  );
  for (const dtype of floatDTypes) {
    const x = floats.get(dtype) as HostData;
    for (const { granularity, bits } of codes) {
      yield {
        asked: quantizeCall(dtype, [5, 8], granularity, bits),
        call: () => quantize(operand(x), { granularity, bits }),
      };
    }
    for (const host of codes) {
      const { granularity, bits } = host;
      yield {
        asked: dequantizeCall({ shape: [5, 8], granularity, bits }, dtype),
        call: () => dequantize(operand(host), { dtype }),
      };
    }
    for (const kind of ["relu", "gelu", "silu"] as const) {
      yield { asked: activationCall(dtype, [5, 8], kind), call: () => activation(operand(x), kind) };
    }
    yield* linearCalls(dtype, x, [...floats.values(), ...codes], biases, operand);
    for (const activations of ["int8", "int16"] as const) yield* rowCodesCalls(dtype, x, activations, codes, operand);
  }
}

function* rowCodesCalls(
  dtype: FloatDType,
  x: HostData,
  activations: RowCodesKind,
  weights: readonly HostQuantizedTensor[],
  operand: (host: HostData) => never,
): Generator<AskedCall> {
  yield { asked: quantizeRowsCall(dtype, [5, 8], activations), call: () => quantizeRows(operand(x), { activations }) };
  for (const kind of ["relu", "gelu", "silu"] as const) {
    yield {
      asked: activationCodesCall(dtype, [5, 8], kind, activations),
      call: () => activationCodes(operand(x), { kind, activations }),
    };
  }
  const rows = quantizeRows(x as HostTensor<FloatDType>, { activations });
  for (const weight of weights) {
    const { granularity, bits } = weight;
    yield {
      asked: linearCall({ shape: [5, 8], activations }, { shape: [5, 8], granularity, bits }, undefined, { dtype }),
      call: () => linear(operand(rows), operand(weight), { dtype }),
    };
  }
}

/** Where ops on states are not supported, no state can be made. */
function stateOps(backend: Backend): AskedCall[] {
  const form: StateForm = { slots: [{ name: "rows", dtype: "float32", shape: [8] }], capacity: 4 };
  const [asked, second] = stateCalls(form);
  const withState = (run: (state: State) => void) => () => {
    const state = backend.state(form);
    try {
      run(state);
    } finally {
      state.dispose();
    }
  };
  return [
    { asked, call: withState((state) => advance(state, 1)) },
    { asked: second, call: withState((state) => positions(state, 1)) },
  ];
}

function* linearCalls(
  dtype: FloatDType,
  x: HostData,
  weights: readonly HostData[],
  biases: ReadonlyMap<FloatDType, HostData>,
  operand: (host: HostData) => never,
): Generator<AskedCall> {
  for (const weight of weights) {
    const description =
      "quantized" in weight
        ? { shape: [5, 8], granularity: weight.granularity, bits: weight.bits }
        : { shape: [5, 8], dtype: (weight as HostTensor<FloatDType>).dtype };
    for (const activations of ["float", "int16", "int8"] as const) {
      for (const outputDType of floatDTypes) {
        for (const bias of [undefined, ...floatDTypes]) {
          const addend = bias && biases.get(bias);
          yield {
            asked: linearCall({ dtype, shape: [5, 8] }, description, bias && { dtype: bias, shape: [5] }, {
              activations,
              dtype: outputDType,
            }),
            call: () =>
              linear(operand(x), operand(weight), {
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
  const x = { dtype: "float32", shape: [3, 8] } as const;
  const integers = { dtype: "int8", shape: [3, 8] } as never;
  const weight = { shape: [5, 8], granularity: tensor, bits: 8 };
  const undefinedCalls: readonly OpCall[] = [
    quantizeCall("float32", x.shape, tensor, 1),
    quantizeCall("float32", x.shape, tensor, 9),
    quantizeCall("float32", x.shape, { kind: "row" } as never, 8),
    quantizeCall("int8" as never, x.shape, tensor, 8),
    dequantizeCall(weight, "int32" as never),
    activationCall("float32", x.shape, "tanh" as never),
    activationCall("int8" as never, x.shape, "relu"),
    linearCall(x, weight, undefined, { activations: "int4" as never }),
    linearCall(x, weight, undefined, { dtype: "int8" as never }),
    linearCall(integers, weight, undefined, {}),
    linearCall(x, weight, { dtype: "int32" as never, shape: [5] }, {}),
    linearCall(x, { ...weight, granularity: { kind: "channel", dim: 1 } }, undefined, {}),
    linearCall(x, { ...weight, granularity: { kind: "group", size: 4 } }, undefined, { activations: "int8" }),
    linearCall(x, { dtype: "float32", shape: [5, 8] }, undefined, { activations: "int16" }),
  ];
  for (const call of undefinedCalls) {
    const answer = backend.supports(call.op, call.inputs, call.params);
    check(answer === false, `supports() is not false for ${formatCall(call)}, which the contract leaves undefined`);
  }
}
