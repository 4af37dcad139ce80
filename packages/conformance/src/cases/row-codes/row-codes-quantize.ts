import { type FloatDType, type HostTensor, quantizeRows, sizeOf } from "@octet/core";
import { rowCodesLimit } from "@octet/core/backend";
import { quantizeRowsCall } from "../../calls.ts";
import type { ConformanceCase } from "../../case.ts";
import { checkOp } from "../../checks/check-op.ts";
import { bitsTensor, floatTensor, gridTensor } from "../../data/data.ts";
import { Random } from "../../data/random.ts";
import type { Fault } from "../../faults.ts";
import { nameShape } from "../case-names.ts";
import { finitePatterns } from "../finite-patterns.ts";
import { type ExactMode, onlyIn } from "../linear/exact-mode.ts";
import { halfMaximumRows, largest, nearTieRows, subnormalRows, tieRows } from "../linear/linear-activation-codes.ts";
import { matrix } from "../linear/linear-probes.ts";
import { everyOpCatches, shapeCatches } from "../op-faults.ts";

interface RowCodesRow {
  readonly name: string;
  readonly dtype: FloatDType;
  /** `[..., K]` */
  readonly shape: readonly number[];
  readonly data: (random: Random) => HostTensor<FloatDType> | ArrayLike<number>;
  readonly catches: readonly Fault[];
}

/** Codes and scales of rows of activations, bit for bit: what the exact modes of linear do inside. */
export function quantizeRowsCases(activations: ExactMode): ConformanceCase[] {
  return [...gridRows(activations), ...edgeRows(activations)].map((row) => rowCodesCase(activations, row));
}

const gridShapes: readonly (readonly number[])[] = [
  [1, 1],
  [1, 5],
  [7],
  [5, 3],
  [7, 17],
  [33, 31],
  [64, 65],
  [3, 1001],
  [5, 7, 3],
  [2, 3, 5, 7],
];

function rowCodesCase(activations: ExactMode, { name, dtype, shape, data, catches }: RowCodesRow): ConformanceCase {
  const seed = 1;
  return {
    id: `row-codes/quantize-${name}.${activations}.${dtype}.${nameShape(shape)}.seed${seed}`,
    family: "row-codes",
    needs: [quantizeRowsCall(dtype, shape, activations)],
    catches: [...everyOpCatches, ...shapeCatches(shape), ...catches],
    run: (context) => {
      const values = data(new Random(seed));
      return checkOp(context, {
        inputs: { x: "dtype" in values ? values : floatTensor(dtype, shape, values) },
        call: ({ x }) => quantizeRows(x, { activations }),
      });
    },
  };
}

/** Every row has a scale of its own, and one element of the largest code. */
function gridRows(activations: ExactMode): RowCodesRow[] {
  const grid = (dtype: FloatDType, shape: readonly number[]): RowCodesRow => {
    // Halves do not hold 32639; 117 / 32639 is a scale that a multiplication by 1 / 32639 gives as well.
    const maximum = activations === "int8" ? 127 : dtype === "float32" ? 32639 : 117;
    const [k] = shape.slice(-1);
    const rows = sizeOf(shape) / k;
    return {
      name: "grid",
      dtype,
      shape,
      data: (random) => {
        const { data } = gridTensor(dtype, [rows, k], { kind: "channel", dim: 0 }, maximum, random, -7);
        return { ...floatTensor(dtype, shape, new Float32Array(rows * k)), data } as HostTensor<FloatDType>;
      },
      catches: ["missed-maximum", ...onlyIn("int16", activations, "qmax-32767"), ...(rows > 1 ? oneScale : [])],
    };
  };
  return [
    ...gridShapes.map((shape) => grid("float32", shape)),
    ...(["float16", "bfloat16"] as const).flatMap((dtype) => [grid(dtype, [33, 31]), grid(dtype, [5, 7, 3])]),
  ];
}

const oneScale: readonly Fault[] = ["shared-row-scale"];

const nearTies: readonly Fault[] = ["round-half-up", "reciprocal-of-scale", "unrounded-quotient", "missed-maximum"];
const belowNormal: readonly Fault[] = ["flushed-subnormals", "reciprocal-of-scale", "asymmetric-activations"];

function edgeRows(activations: ExactMode): RowCodesRow[] {
  const qmax = rowCodesLimit[activations];
  const int8 = (...faults: readonly Fault[]) => onlyIn("int8", activations, ...faults);
  const int16 = (...faults: readonly Fault[]) => onlyIn("int16", activations, "qmax-32767", ...faults);
  const row = (
    name: string,
    shape: readonly number[],
    catches: readonly Fault[],
    data: RowCodesRow["data"],
    dtype: FloatDType = "float32",
  ): RowCodesRow => ({ name, dtype, shape, data, catches });
  const halfMaximum = (dtype: FloatDType) =>
    row("half-maximum", [31, 5], [...nearTies, ...oneScale, ...int16("reciprocal-of-qmax")], halfMaximumRows, dtype);
  const everyValue = (dtype: "float16" | "bfloat16", rows: number, catches: readonly Fault[]) =>
    row(
      "every-value",
      [rows, 16],
      ["reciprocal-of-qmax", "missed-maximum", ...oneScale, ...catches],
      () => bitsTensor(dtype, [rows, 16], finitePatterns(dtype)),
      dtype,
    );
  const empty = (...shape: number[]) => row("empty", shape, [], () => []);
  return [
    row("ties", [9, 33], ["round-half-up", "missed-maximum", ...oneScale, ...int16()], (random) =>
      tieRows(qmax, random),
    ),
    halfMaximum("float16"),
    halfMaximum("bfloat16"),
    row("near-ties", [20, 65], [...nearTies, "reciprocal-of-qmax", ...oneScale, ...int16()], (random) =>
      nearTieRows(qmax, random),
    ),
    row("scales", [300, 3], ["reciprocal-of-qmax", "missed-maximum", ...oneScale, ...int16()], (random) =>
      matrix(300, 3, () => random.normal()),
    ),
    row("zero-rows", [5, 9], [...oneScale, ...int16("reciprocal-of-qmax")], (random) =>
      matrix(5, 9, (line) => (line % 2 === 0 ? -0 : random.normal())),
    ),
    row("largest", [7, 5], [...int8("reciprocal-of-qmax"), ...int16("unrounded-quotient")], (random) =>
      matrix(7, 5, (_line, column) => (column === 2 ? -1 : random.uniform()) * largest),
    ),
    row("subnormal-rows", [40, 5], [...belowNormal, "round-half-up", ...oneScale, ...int16()], (random) =>
      subnormalRows(40, random, (line) => (line + 1) * 2 ** (line % 18)),
    ),
    row("below-the-range", [40, 5], [...belowNormal, ...int16()], (random) =>
      subnormalRows(40, random, (line) => Math.ceil(qmax * (0.52 + 0.02 * line))),
    ),
    everyValue("float16", 3968, int16("round-half-up")),
    everyValue("bfloat16", 4080, [
      "flushed-subnormals",
      "reciprocal-of-scale",
      ...int16("round-half-up", "unrounded-quotient", "asymmetric-activations"),
    ]),
    empty(0, 5),
    empty(3, 0),
    empty(2, 0, 5),
  ];
}
