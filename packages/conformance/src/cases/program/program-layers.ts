import {
  activation,
  activationCodes,
  type Backend,
  type FloatDType,
  type HostTensor,
  type LinearActivations,
  linear,
  type Program,
  type QuantizedTensor,
  quantizeRows,
  type Tensor,
} from "@octet/core";
import { activationCall, activationCodesCall, linearCall, quantizeRowsCall, stateCalls } from "../../calls.ts";
import type { ConformanceCase, ConformanceContext } from "../../case.ts";
import { checkSame } from "../../checks/compare.ts";
import { guardMemory } from "../../checks/guards.ts";
import { keepTensors } from "../../checks/keep-tensors.ts";
import { checkMemory } from "../../checks/memory.ts";
import { download } from "../../checks/operands.ts";
import { normalTensor, quantizedTensor, randomScale } from "../../data/data.ts";
import { Random } from "../../data/random.ts";
import type { Fault } from "../../faults.ts";
import { perChannel } from "../linear/linear-case.ts";
import { counterForm, type Keep } from "../state/state-script.ts";

/** A chain of ops on x `[5, 31]`. */
interface Chain {
  readonly name: string;
  readonly dtype: FloatDType;
  readonly needs: ConformanceCase["needs"];
  /** The mistakes that the chain catches beside those of every program. */
  readonly catches: readonly Fault[];
  readonly run: (x: Tensor<FloatDType>, layers: Layers) => Tensor<FloatDType>;
}

/** Weights `[33, 31]` and `[6, 33]`, a bias `[33]`. */
interface Layers {
  readonly first: QuantizedTensor;
  readonly second: QuantizedTensor;
  readonly bias: Tensor<FloatDType>;
}

const [m, k, hidden, n] = [5, 31, 33, 6];

/** Programs over linear layers with relu between them: each replay gives the bits of the ops called one by one. */
export function programLayerCases(): ConformanceCase[] {
  return [...(["float", "int16", "int8"] as const).map(mlp), codesChain("int8"), codesChain("int16"), fusedChain()].map(
    chainCase,
  );
}

function layerNeeds(activations: LinearActivations, dtype: FloatDType): ConformanceCase["needs"] {
  const call = (rows: number, columns: number, bias: boolean) =>
    linearCall(
      { dtype, shape: [m, columns] },
      { ...(perChannel as { granularity: never; bits: number }), shape: [rows, columns] },
      bias ? { dtype, shape: [rows] } : undefined,
      { activations },
    );
  return [
    call(hidden, k, true),
    call(n, hidden, false),
    activationCall(dtype, [m, hidden], "relu"),
    ...stateCalls(counterForm),
  ];
}

function mlp(activations: LinearActivations): Chain {
  return {
    name: `layers.${activations}`,
    dtype: "float32",
    needs: layerNeeds(activations, "float32"),
    catches: activations === "float" ? [] : ["dropped-tail"],
    run(x, { first, second, bias }) {
      const y = linear(x, first, { activations, bias });
      const positive = activation(y, "relu");
      y.dispose();
      const z = linear(positive, second, { activations });
      positive.dispose();
      return z;
    },
  };
}

function codesNeeds(activations: "int8" | "int16"): ConformanceCase["needs"] {
  const weights = [
    [hidden, k],
    [n, hidden],
  ].map((shape) => ({ ...(perChannel as { granularity: never; bits: number }), shape }));
  return [
    quantizeRowsCall("float32", [m, k], activations),
    linearCall({ shape: [m, k], activations }, weights[0], { dtype: "float32", shape: [hidden] }, {}),
    linearCall({ shape: [m, hidden], activations }, weights[1], undefined, {}),
    quantizeRowsCall("float32", [m, hidden], activations),
    activationCall("float32", [m, hidden], "relu"),
    activationCodesCall("float32", [m, hidden], "relu", activations),
    ...stateCalls(counterForm),
  ];
}

function codesChain(activations: "int8" | "int16"): Chain {
  return {
    name: `row-codes.${activations}`,
    dtype: "float32",
    needs: codesNeeds(activations),
    catches: ["dropped-tail"],
    run(x, { first, second, bias }) {
      const codes = quantizeRows(x, { activations });
      const y = linear(codes, first, { bias });
      codes.dispose();
      const positive = activation(y, "relu");
      y.dispose();
      const next = quantizeRows(positive, { activations });
      positive.dispose();
      const z = linear(next, second);
      next.dispose();
      return z;
    },
  };
}

function fusedChain(): Chain {
  return {
    name: "fused.int8",
    dtype: "float32",
    needs: [...codesNeeds("int8"), ...layerNeeds("int8", "float32")],
    catches: ["dropped-tail"],
    run(x, { first, second, bias }) {
      const y = linear(x, first, { activations: "int8", bias });
      const codes = activationCodes(y, { kind: "relu", activations: "int8" });
      y.dispose();
      const z = linear(codes, second);
      codes.dispose();
      return z;
    },
  };
}

function chainCase({ name, dtype, needs, catches, run }: Chain): ConformanceCase {
  return {
    id: `program/${name}.${dtype}.${m}x${k}.seed1`,
    family: "program",
    needs,
    catches: ["stale-replay", "shared-results", "leak", "overwritten-neighbour", ...catches],
    run: (context) => checkChain(context, dtype, run),
  };
}

function uploadLayers(on: Backend, random: Random, keep: Keep): Layers {
  const weight = (rows: number, columns: number) =>
    keep(on.upload(quantizedTensor([rows, columns], { kind: "channel", dim: 0 }, 8, random, randomScale(random))));
  return {
    first: weight(hidden, k),
    second: weight(n, hidden),
    bias: keep(on.upload(normalTensor("float32", [hidden], random))),
  };
}

/**
 * Records the chain, runs it on three inputs and the first again, all before anything is read, disposes every input at once, and compares
 * with the same ops called one by one.
 */
async function checkChain({ backend }: ConformanceContext, dtype: FloatDType, run: Chain["run"]): Promise<void> {
  const random = new Random(1);
  const before = backend.memory();
  await keepTensors(async (keep) => {
    const layers = uploadLayers(backend, random, keep);
    const hosts = [1, 2, 3].map(() => normalTensor(dtype, [m, k], random));
    const inputs = [...hosts, hosts[0]];
    const checkGuards = guardMemory(backend, hosts, keep);
    const program = record(backend, hosts[0], layers, run);
    const results = inputs.map((host) => {
      const x = backend.upload(host);
      const result = keep(program.run({ x }));
      x.dispose();
      return result;
    });
    program.dispose();
    for (const [index, result] of results.entries()) {
      const x = keep(backend.upload(inputs[index]));
      const wanted = await download(backend, keep(run(x, layers)));
      checkSame(await download(backend, result), wanted, `run ${index} of a program, against its ops one by one`);
    }
    await checkGuards();
  });
  checkMemory(backend, before, []);
}

function record(
  backend: Backend,
  host: HostTensor<FloatDType>,
  layers: Layers,
  run: Chain["run"],
): Program<{ readonly x: Tensor<FloatDType> }, Tensor<FloatDType>> {
  const x = backend.upload(host);
  try {
    return backend.record((inputs: { readonly x: Tensor<FloatDType> }) => run(inputs.x, layers), { x });
  } finally {
    x.dispose();
  }
}
