import { type ActivationKind, type FloatDType, floatDTypes, type HostTensor } from "@octet/core";
import { checkActivationBound } from "../activation-bound.ts";
import type { ConformanceCase } from "../case.ts";
import { checkOp } from "../check-op.ts";
import { bitsTensor, generate } from "../data.ts";
import type { Fault } from "../faults.ts";
import { Random } from "../random.ts";
import { nameShape } from "./case-names.ts";
import { finitePatterns } from "./finite-patterns.ts";
import { everyOpCatches, outputCatches, shapeCatches } from "./op-faults.ts";

/** relu bit for bit (-0 gives +0), gelu and silu within the bound of `activation-bound.ts`. */
export function activationCases(): ConformanceCase[] {
  const kinds: readonly ActivationKind[] = ["relu", "gelu", "silu"];
  return kinds.flatMap((kind) => [
    ...floatDTypes.map((dtype) => activationCase(kind, "normal", dtype, [5, 7, 3], (random) => random.normal() * 2)),
    activationCase(kind, "normal", "float32", [33, 31], (random) => random.normal() * 4),
    activationCase(kind, "tails", "float32", [1001], (_random, index) => (index - 500) / 8),
    activationCase(kind, "edges", "float32", [edges.length], (_random, index) => edges[index]),
    activationCase(kind, "empty", "float32", [0, 3], () => 0),
    activationCase(kind, "scalar", "bfloat16", [], () => -0.5),
    ...(["float16", "bfloat16"] as const).map((dtype) => patternCase(kind, dtype)),
  ]);
}

const edges = [
  0,
  -0,
  1,
  -1,
  2 ** -149,
  -(2 ** -149),
  2 ** -126,
  -(2 ** -126),
  2 ** -60,
  -20,
  20,
  88,
  -88,
  89,
  -104,
  2 ** 127,
  -(2 ** 127),
];

function activationCase(
  kind: ActivationKind,
  name: string,
  dtype: FloatDType,
  shape: readonly number[],
  value: (random: Random, index: number) => number,
): ConformanceCase {
  const catches = name === "edges" && kind === "relu" ? (["negative-zero", "flushed-subnormals"] as const) : [];
  return build(kind, name, dtype, shape, (random) => generate(dtype, shape, (index) => value(random, index)), catches);
}

/** Every finite value for relu, which is exact; every 16th where the truth takes an integral. */
function patternCase(kind: ActivationKind, dtype: "float16" | "bfloat16"): ConformanceCase {
  const step = kind === "relu" ? 1 : 16;
  const patterns = finitePatterns(dtype).filter((_, index) => index % step === step >> 1);
  const shape = [patterns.length / 16, 16];
  const name = kind === "relu" ? "every-value" : "every-16th-value";
  const catches = kind === "relu" && dtype === "bfloat16" ? (["flushed-subnormals"] as const) : [];
  return build(kind, name, dtype, shape, () => bitsTensor(dtype, shape, patterns), catches);
}

function build(
  kind: ActivationKind,
  name: string,
  dtype: FloatDType,
  shape: readonly number[],
  data: (random: Random) => HostTensor<FloatDType>,
  catches: readonly Fault[],
): ConformanceCase {
  const seed = 1;
  return {
    id: `activation/${kind}-${name}.${dtype}.${nameShape(shape)}.seed${seed}`,
    family: "activation",
    needs: [{ op: "activation", dtype, kind }],
    catches: [
      ...everyOpCatches,
      ...shapeCatches(shape),
      ...outputCatches(dtype),
      ...(kind === "gelu" ? (["tanh-gelu"] as const) : []),
      ...catches,
    ],
    run: (context) => {
      const x = data(new Random(seed));
      return checkOp(context, {
        inputs: { x },
        call: (backend, operands) => backend.activation(operands.x, kind),
        ...(kind !== "relu" && {
          compare: (got) => checkActivationBound(got as HostTensor<FloatDType>, x, kind),
          repeat: true,
        }),
      });
    },
  };
}
