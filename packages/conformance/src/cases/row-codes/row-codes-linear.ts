import {
  type FloatDType,
  floatDTypes,
  type HostQuantizedTensor,
  type HostRowCodes,
  type HostTensor,
  linear,
  quantizeRows,
  sizeOf,
} from "@octet/core";
import { rowCodesLimit } from "@octet/core/backend";
import { linearCall, quantizeRowsCall } from "../../calls.ts";
import type { ConformanceCase } from "../../case.ts";
import { checkOp } from "../../checks/check-op.ts";
import { checkSame } from "../../checks/compare.ts";
import { keepTensors } from "../../checks/keep-tensors.ts";
import { download } from "../../checks/operands.ts";
import { normalTensor, quantizedTensor, randomScale, rowCodesTensor } from "../../data/data.ts";
import { Random } from "../../data/random.ts";
import type { Fault } from "../../faults.ts";
import { nameGranularity, nameShape } from "../case-names.ts";
import { type ExactMode, onlyIn } from "../linear/exact-mode.ts";
import { perChannel, perTensor, type WeightSpec } from "../linear/linear-case.ts";
import { everyOpCatches, outputCatches, shapeCatches } from "../op-faults.ts";

type CodesSpec = Extract<WeightSpec, { readonly bits: number }>;

interface CodesRow {
  readonly name: string;
  /** `[..., K]` */
  readonly x: readonly number[];
  readonly n: number;
  readonly weight?: CodesSpec;
  readonly bias?: FloatDType | undefined;
  /** Default float32. */
  readonly output?: FloatDType;
  /** Changes the random data. */
  readonly change?: (inputs: { readonly x: HostRowCodes; readonly weight: HostQuantizedTensor }) => void;
  readonly catches?: readonly Fault[];
}

/** Linear on codes of activations: the second half of the exact modes, and both halves against the whole. */
export function codesLinearCases(activations: ExactMode): ConformanceCase[] {
  return [
    ...rows(activations).map((row) => codesCase(activations, row)),
    ...sameAsWhole(activations),
    sharedCodes(activations),
  ];
}

function rows(activations: ExactMode): CodesRow[] {
  const biases: readonly (FloatDType | undefined)[] = [undefined, ...floatDTypes];
  const random = (x: readonly number[], n: number, rest: Partial<CodesRow> = {}): CodesRow => ({
    name: "random",
    x,
    n,
    ...rest,
  });
  const limit = rowCodesLimit[activations];
  return [
    random([1, 1], 1, { catches: onlyIn("int16", activations, "scales-multiplied-first") }),
    random([1, 3], 17, { bias: "float32" }),
    random([13, 7], 1),
    random([5, 31], 33, { bias: "float16" }),
    random([8, 65], 64),
    random([9, 127], 5, { bias: "float32" }),
    random([17, 32], 65),
    random([3, 1001], 5, { bias: "float32" }),
    random([65], 9),
    random([2, 3, 33], 7, { bias: "float32" }),
    ...floatDTypes.map((output, index) => random([3, 33], 6, { output, bias: biases[index + 1] })),
    random([5, 31], 9, { weight: perTensor as CodesSpec }),
    random([2, 37], 9, { weight: { ...(perChannel as CodesSpec), bits: 4 } }),
    random([3, 1101], 5, {
      name: "largest-codes",
      change: ({ x: { codes }, weight }) => {
        codes.data.set(codes.data.map((_, index) => limit - Number(index % 7 === 0)));
        weight.quantized.data.fill(127);
      },
      catches: [...onlyIn("int8", activations, "float32-sums"), ...onlyIn("int16", activations, "wrapped-sums")],
    }),
    random([3, 9], 5, { name: "zeros", change: ({ x }) => void x.codes.data.fill(0), catches: ["negative-zero"] }),
    ...(
      [
        [[0, 5], 3],
        [[2, 5], 0],
        [[3, 0], 5],
      ] as const
    ).map(([x, n]) => random(x, n, { name: "empty", catches: x[1] === 0 ? ["negative-zero"] : [] })),
  ];
}

function codesCase(
  activations: ExactMode,
  { name, x, n, weight = perChannel as CodesSpec, bias, output = "float32", change, catches = [] }: CodesRow,
): ConformanceCase {
  const seed = 1;
  const k = x[x.length - 1];
  const outputShape = [...x.slice(0, -1), n];
  const names = [`${nameGranularity(weight.granularity)}.b${weight.bits}`, ...(bias ? [`bias-${bias}`] : [])];
  return {
    id: `row-codes/linear-${name}.${activations}.${nameShape(x)}.n${n}.${names.join(".")}.to-${output}.seed${seed}`,
    family: "row-codes",
    needs: [
      linearCall({ shape: x, activations }, { ...weight, shape: [n, k] }, bias && { dtype: bias, shape: [n] }, {
        dtype: output,
      }),
    ],
    catches: [
      ...everyOpCatches,
      ...shapeCatches(outputShape),
      ...outputCatches(output),
      ...(name === "random" || name === "largest-codes"
        ? sumCatches(sizeOf(outputShape), n, weight, bias, output)
        : []),
      ...catches,
    ],
    run: (context) => {
      const random = new Random(seed);
      const inputs = {
        x: rowCodesTensor(activations, x, random, randomScale(random)),
        weight: quantizedTensor([n, k], weight.granularity, weight.bits, random, randomScale(random)),
        bias: bias && normalTensor(bias, [n], random),
      };
      change?.(inputs);
      return checkOp(context, {
        inputs,
        call: (operands) =>
          linear(operands.x, operands.weight, {
            bias: operands.bias ?? null,
            ...(output !== "float32" && { dtype: output }),
          }),
      });
    },
  };
}

/** What a result of `size` elements catches whose sums are not 0. */
function sumCatches(
  size: number,
  n: number,
  { granularity }: CodesSpec,
  bias: FloatDType | undefined,
  output: FloatDType,
): Fault[] {
  const scaling: readonly Fault[] =
    bias === undefined ? ["scales-multiplied-first"] : ["scales-multiplied-first", "fused-bias"];
  return [
    ...(granularity.kind === "channel" && n > 1 ? (["previous-scale"] as const) : []),
    ...(bias === undefined ? [] : (["ignored-bias"] as const)),
    ...(output === "float32" ? [] : (["truncated-halves"] as const)),
    ...(output === "float32" && size > 1 ? scaling : []),
  ];
}

interface Layer {
  readonly x: HostTensor<FloatDType>;
  readonly weight: HostQuantizedTensor;
  readonly bias: HostTensor<FloatDType>;
}

function layer(dtype: FloatDType, x: readonly number[], n: number): Layer {
  const random = new Random(2);
  const k = x[x.length - 1];
  return {
    x: normalTensor(dtype, x, random),
    weight: quantizedTensor([n, k], { kind: "channel", dim: 0 }, 8, random, randomScale(random)),
    bias: normalTensor("float32", [n], random),
  };
}

function layerNeeds(activations: ExactMode, dtype: FloatDType, x: readonly number[], n: number) {
  const weight = { ...(perChannel as CodesSpec), shape: [n, x[x.length - 1]] };
  const bias = { dtype: "float32", shape: [n] } as const;
  return [
    quantizeRowsCall(dtype, x, activations),
    linearCall({ shape: x, activations }, weight, bias, { dtype }),
    linearCall({ dtype, shape: x }, weight, bias, { activations, dtype }),
  ];
}

/** `linear(quantizeRows(x), w)` has the bits of `linear(x, w, { activations })`, on one backend. */
function sameAsWhole(activations: ExactMode): ConformanceCase[] {
  const shapes = [
    [[1, 33], 7],
    [[5, 31], 33],
    [[2, 3, 65], 9],
  ] as const;
  return floatDTypes.map((dtype, index) => {
    const [x, n] = shapes[index];
    return {
      id: `row-codes/same-as-linear.${activations}.${dtype}.${nameShape(x)}.n${n}.seed2`,
      family: "row-codes",
      needs: layerNeeds(activations, dtype, x, n),
      catches: ["dropped-tail", "consumed-input", ...(x[0] > 1 ? oneScale : [])],
      run: async ({ backend }) => {
        await keepTensors(async (keep) => {
          const host = layer(dtype, x, n);
          const input = keep(backend.upload(host.x));
          const weight = keep(backend.upload(host.weight));
          const bias = keep(backend.upload(host.bias));
          const whole = keep(linear(input, weight, { bias, activations }));
          const codes = keep(quantizeRows(input, { activations }));
          const halves = keep(linear(codes, weight, { bias, dtype }));
          checkSame(await download(backend, halves), await download(backend, whole), "linear on codes of its rows");
        });
      },
    };
  });
}

const oneScale: readonly Fault[] = ["shared-row-scale"];

/** One set of codes for several layers, disposed before the results are read: what it is for. */
function sharedCodes(activations: ExactMode): ConformanceCase {
  const [x, n] = [[4, 33], 6];
  return {
    id: `row-codes/shared-by-layers.${activations}.float32.${nameShape(x)}.n${n}.seed2`,
    family: "row-codes",
    needs: layerNeeds(activations, "float32", x, n),
    catches: [
      "consumed-input",
      "overwritten-neighbour",
      "dropped-tail",
      "ignored-bias",
      "previous-scale",
      "scales-multiplied-first",
      "fused-bias",
      ...oneScale,
      ...onlyIn("int16", activations, "reciprocal-of-qmax", "qmax-32767"),
    ],
    run: async ({ backend, reference }) => {
      const host = layer("float32", x, n);
      const run = (on: typeof backend) =>
        keepTensors(async (keep) => {
          const input = keep(on.upload(host.x));
          const weight = keep(on.upload(host.weight));
          const bias = keep(on.upload(host.bias));
          const codes = quantizeRows(input, { activations });
          const results = [keep(linear(codes, weight)), keep(linear(codes, weight, { bias }))];
          codes.dispose();
          return Promise.all(results.map((result) => download(on, result)));
        });
      const wanted = await run(reference);
      for (const [index, got] of (await run(backend)).entries()) {
        checkSame(got, wanted[index], `layer ${index} of those that share codes`);
      }
    },
  };
}
