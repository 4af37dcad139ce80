import { type ActivationKind, activation, type FloatDType, floatDTypes, type HostTensor } from "@octet/core";
import { activationCall } from "../calls.ts";
import type { ConformanceCase } from "../case.ts";
import { checkActivationBound } from "../checks/activation-bound.ts";
import { checkOp } from "../checks/check-op.ts";
import { bitsTensor, generate } from "../data/data.ts";
import { Random } from "../data/random.ts";
import type { Fault } from "../faults.ts";
import { nameShape } from "./case-names.ts";
import { finitePatterns } from "./finite-patterns.ts";
import { everyOpCatches, outputCatches, shapeCatches } from "./op-faults.ts";

/** relu bit for bit (-0 gives +0), gelu and silu within the bound of `activation-bound.ts`. */
export function activationCases(): ConformanceCase[] {
  return [...kindCases("relu", []), ...kindCases("gelu", ["tanh-gelu"]), ...kindCases("silu", [])];
}

const edges = [0, -0, 1, -1, 2 ** -60, 2 ** -126, -(2 ** -126), 2 ** -149, -(2 ** -149), 2 ** 127, -(2 ** 127)];
const largeArguments = [-20, 20, 88, -88, 89, -104];

/** `catches` is what data of any kind shows. */
function kindCases(kind: ActivationKind, catches: readonly Fault[]): ConformanceCase[] {
  const row = (
    name: string,
    dtype: FloatDType,
    shape: readonly number[],
    rowCatches: readonly Fault[],
    value: (index: number, random: Random) => number,
  ) => build(kind, name, dtype, shape, rowCatches, (random) => generate(dtype, shape, (index) => value(index, random)));
  const values = [...edges, ...largeArguments];
  const zeros: readonly Fault[] = kind === "relu" ? ["negative-zero", "flushed-subnormals"] : [];
  return [
    ...floatDTypes.map((dtype) => row("normal", dtype, [5, 7, 3], catches, (_index, random) => 2 * random.normal())),
    row("normal", "float32", [33, 31], catches, (_index, random) => 4 * random.normal()),
    row("tails", "float32", [1001], catches, (index) => (index - 500) / 8),
    row("edges", "float32", [values.length], [...catches, ...zeros], (index) => values[index]),
    row("empty", "float32", [0, 3], [], () => 0),
    row("scalar", "bfloat16", [], [], () => -0.5),
    patternCase(kind, "float16", [...catches, ...zeros.filter((fault) => fault === "negative-zero")]),
    patternCase(kind, "bfloat16", [...catches, ...zeros]),
  ];
}

/** Every finite value for relu, which is exact; every 16th where the truth takes an integral. */
function patternCase(kind: ActivationKind, dtype: "float16" | "bfloat16", catches: readonly Fault[]): ConformanceCase {
  const step = kind === "relu" ? 1 : 16;
  const patterns = finitePatterns(dtype).filter((_, index) => index % step === step >> 1);
  const shape = [patterns.length / 16, 16];
  const name = kind === "relu" ? "every-value" : "every-16th-value";
  return build(kind, name, dtype, shape, catches, () => bitsTensor(dtype, shape, patterns));
}

function build(
  kind: ActivationKind,
  name: string,
  dtype: FloatDType,
  shape: readonly number[],
  catches: readonly Fault[],
  data: (random: Random) => HostTensor<FloatDType>,
): ConformanceCase {
  const seed = 1;
  return {
    id: `activation/${kind}-${name}.${dtype}.${nameShape(shape)}.seed${seed}`,
    family: "activation",
    needs: [activationCall(dtype, shape, kind)],
    catches: [...everyOpCatches, ...shapeCatches(shape), ...outputCatches(dtype), ...catches],
    run: (context) => {
      const x = data(new Random(seed));
      return checkOp(context, {
        inputs: { x },
        call: (operands) => activation(operands.x, kind),
        ...(kind !== "relu" && {
          compare: (got) => checkActivationBound(got as HostTensor<FloatDType>, x, kind),
          repeat: true,
        }),
      });
    },
  };
}
