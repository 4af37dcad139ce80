import {
  dequantize,
  type HostRowCodes,
  hostTensor,
  linear,
  linearOp,
  type OctetErrorCode,
  quantize,
  quantizeRows,
} from "@octet/core";
import { linearCall, quantizeRowsCall } from "../../calls.ts";
import type { ConformanceCase, ConformanceContext } from "../../case.ts";
import { checkSame } from "../../checks/compare.ts";
import { checkNonFinite, checkRejects, checkThrows } from "../../checks/expect-error.ts";
import { keepTensors } from "../../checks/keep-tensors.ts";
import { checkMemory } from "../../checks/memory.ts";
import { download, upload } from "../../checks/operands.ts";
import { bitsTensor, rowCodesTensor } from "../../data/data.ts";
import { Random } from "../../data/random.ts";
import type { Fault } from "../../faults.ts";
import { uploadOperands } from "../errors/error-operands.ts";
import {
  backendDisposes,
  disposeByUsing,
  disposeTwice,
  disposeWhileDownloading,
  downloadIsFresh,
  memoryCounts,
  uploadCopies,
} from "../handle-promises.ts";
import { checkFixedShape } from "../ownership.ts";
import { promiseCase } from "../promise-case.ts";
import { codesLinearCases } from "./row-codes-linear.ts";
import { quantizeRowsCases } from "./row-codes-quantize.ts";

/** Codes of activations: made by `quantizeRows`, uploaded, multiplied, and a handle like all others. */
export function rowCodesCases(): ConformanceCase[] {
  return [
    ...handleCases(),
    ...(["int8", "int16"] as const).flatMap((activations) => [
      ...quantizeRowsCases(activations),
      ...codesLinearCases(activations),
      nonFiniteCase(activations),
    ]),
  ];
}

const weight = { shape: [5, 8], granularity: { kind: "channel", dim: 0 }, bits: 8 } as const;
const needs = (["int8", "int16"] as const).flatMap((activations) => [
  quantizeRowsCall("float32", [3, 8], activations),
  linearCall({ shape: [3, 8], activations }, weight, undefined, {}),
]);

function promise(
  name: string,
  catches: readonly Fault[],
  run: (context: ConformanceContext) => Promise<void>,
): ConformanceCase {
  return promiseCase("row-codes", name, catches, run, needs);
}

function handleCases(): ConformanceCase[] {
  return [
    promise("memory-counts-them", ["wrong-memory"], memoryCounts(samples)),
    promise("dispose-twice", ["second-dispose-throws"], disposeTwice(samples)),
    promise("dispose-by-using", [], disposeByUsing(samples)),
    promise("disposed-with-their-backend", ["immortal-tensors"], backendDisposes(samples)),
    promise("disposed-while-downloading", ["late-download"], disposeWhileDownloading(samples)),
    promise("upload-copies", ["kept-upload"], uploadCopies(samples)),
    promise("download-is-fresh", ["live-download"], downloadIsFresh(samples)),
    promise("shapes-never-change", ["shared-shape"], shapesNeverChange),
    promise("upload-of-bad-codes", [], badUploads),
    promise("arguments", ["unchecked-arguments", "consumed-input"], badArguments),
    promise("owners", ["foreign-accepted"], foreignCodes),
    promise("use-of-disposed-codes", ["forgotten-dispose"], disposedCodes),
  ];
}

/** Both kinds, odd widths, several axes, and nothing at all. */
function samples(): HostRowCodes[] {
  const random = new Random(1);
  const scale = () => 2 ** random.integer(-149, 127);
  return [
    rowCodesTensor("int8", [3, 5], random, scale),
    rowCodesTensor("int16", [3, 5], random, scale),
    rowCodesTensor("int8", [7], random, scale),
    rowCodesTensor("int16", [2, 3, 33], random, scale),
    rowCodesTensor("int16", [0, 4], random, scale),
    rowCodesTensor("int8", [3, 0], random, scale),
  ];
}

async function shapesNeverChange({ backend }: ConformanceContext): Promise<void> {
  await keepTensors(async (keep) => {
    for (const host of samples()) await checkFixedShape(backend, host, keep);
  });
}

async function badUploads({ backend }: ConformanceContext): Promise<void> {
  const before = backend.memory();
  const good: HostRowCodes = {
    activations: "int8",
    codes: hostTensor("int8", [2, 3], Int8Array.of(1, 2, 3, -127, 127, 0)),
    scale: hostTensor("float32", [2], Float32Array.of(1, 2)),
  };
  const scales = (...values: number[]) => ({
    ...good,
    scale: hostTensor("float32", [values.length], Float32Array.from(values)),
  });
  const int16 = (...codes: number[]) => ({
    ...good,
    activations: "int16",
    codes: hostTensor("int16", [2, codes.length / 2], Int16Array.from(codes)),
  });
  const bad: readonly (readonly [string, unknown])[] = [
    ["a code of -128", { ...good, codes: hostTensor("int8", [2, 1], Int8Array.of(-128, 0)) }],
    ["a code of 32640", int16(32640, 0)],
    ["a code of -32640", int16(-32640, 0)],
    ["int16 codes that are int8", { ...good, activations: "int16" }],
    ["codes of another kind", { ...good, activations: "int4" }],
    ["a scale too few", scales(1)],
    ["scales with another shape", { ...good, scale: hostTensor("float32", [2, 1], Float32Array.of(1, 1)) }],
    ["codes without an axis", { ...good, codes: hostTensor("int8", [], Int8Array.of(1)) }],
    ...[0, -0, -1, Number.NaN, Number.POSITIVE_INFINITY].map((value) => {
      return [`a scale of ${Object.is(value, -0) ? "-0" : value}`, scales(1, value)] as const;
    }),
  ];
  for (const [what, host] of bad) {
    checkThrows("ERR_FORMAT", () => upload(backend, host as HostRowCodes), `upload of ${what}`);
    checkMemory(backend, before, []);
  }
  await keepTensors(async (keep) => checkSame(await download(backend, keep(backend.upload(good))), good));
}

async function badArguments({ backend }: ConformanceContext): Promise<void> {
  await keepTensors(async (keep) => {
    const { x, weight: right, groupWeight, floatWeight, scalar, int8, longRow, narrow } = uploadOperands(backend, keep);
    const codes = keep(quantizeRows(x, { activations: "int8" }));
    const short = keep(quantizeRows(narrow, { activations: "int8" }));
    const before = backend.memory();
    const calls: readonly (readonly [string, OctetErrorCode, () => unknown])[] = [
      ["codes of float activations", "ERR_UNSUPPORTED", () => quantizeRows(x, { activations: "float" as never })],
      ["codes of no kind", "ERR_UNSUPPORTED", () => quantizeRows(x, {} as never)],
      ["codes of a scalar", "ERR_SHAPE", () => quantizeRows(scalar, { activations: "int8" })],
      ["codes of integers", "ERR_DTYPE", () => quantizeRows(int8 as never, { activations: "int8" })],
      ["codes of codes", "ERR_DTYPE", () => quantizeRows(codes as never, { activations: "int8" })],
      ["codes of too many features", "ERR_SHAPE", () => quantizeRows(longRow, { activations: "int16" })],
      ["linear as int16 on int8 codes", "ERR_UNSUPPORTED", () => linear(codes, right, { activations: "int16" })],
      ["linear as floats on codes", "ERR_UNSUPPORTED", () => linear(codes, right, { activations: "float" })],
      ["linear on codes by groups", "ERR_UNSUPPORTED", () => linear(codes, groupWeight)],
      ["linear on codes by floats", "ERR_UNSUPPORTED", () => linear(codes, floatWeight)],
      ["linear on codes of 7 features", "ERR_SHAPE", () => linear(short, right)],
      ["linear on codes to int8", "ERR_DTYPE", () => linear(codes, right, { dtype: "int8" as never })],
      ["dequantize of codes of activations", "ERR_DTYPE", () => dequantize(codes as never)],
      [
        "quantize of codes of activations",
        "ERR_DTYPE",
        () => quantize(codes as never, { granularity: { kind: "tensor" } }),
      ],
      ["codes for a weight", "ERR_DTYPE", () => linear(x, codes as never)],
    ];
    for (const [what, code, call] of calls) {
      checkThrows(code, call, what);
      checkMemory(backend, before, []);
    }
  });
}

async function foreignCodes({ backend, reference }: ConformanceContext): Promise<void> {
  await keepTensors(async (keep) => {
    const { weight: own } = uploadOperands(backend, keep);
    const foreign = keep(quantizeRows(uploadOperands(reference, keep).x, { activations: "int8" }));
    const call = () => backend.run(linearOp, { x: foreign, weight: own }, {});
    checkThrows("ERR_FOREIGN_TENSOR", call, "linear on foreign codes");
    await checkRejects("ERR_FOREIGN_TENSOR", () => backend.download(foreign), "download of foreign codes");
  });
}

async function disposedCodes({ backend }: ConformanceContext): Promise<void> {
  await keepTensors(async (keep) => {
    const { x, weight: right } = uploadOperands(backend, keep);
    const codes = quantizeRows(x, { activations: "int8" });
    codes.dispose();
    checkThrows("ERR_DISPOSED", () => linear(codes, right), "linear on disposed codes");
    await checkRejects("ERR_DISPOSED", () => backend.download(codes), "download of disposed codes");
  });
}

/** A NaN or infinity in a row: an error that names the first and counts them, at the call or at the first read. */
function nonFiniteCase(activations: "int8" | "int16"): ConformanceCase {
  return promiseCase(
    "row-codes",
    `non-finite.${activations}`,
    ["nan-ignored"],
    async ({ backend }) => {
      for (const [dtype, values, one] of [
        ["float32", [0x7fc00000, 0x7f800000, 0xff800000], 0x3f800000],
        ["float16", [0x7e00, 0x7c00, 0xfc00], 0x3c00],
        ["bfloat16", [0x7fc0, 0x7f80, 0xff80], 0x3f80],
      ] as const) {
        for (const value of values) {
          await keepTensors(async (keep) => {
            const bits = Array.from({ length: 27 }, (_, index) => (index === 13 || index === 26 ? value : one));
            const x = keep(backend.upload(bitsTensor(dtype, [3, 9], bits)));
            const expected = { first: 13, count: 2, read: value === values[0] ? "sync" : "download" } as const;
            await checkNonFinite(backend, () => quantizeRows(x, { activations }), expected);
          });
        }
      }
    },
    (["float32", "float16", "bfloat16"] as const).map((dtype) => quantizeRowsCall(dtype, [3, 9], activations)),
  );
}
