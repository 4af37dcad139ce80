import { dequantize, type FloatDType, type Granularity, type HostTensor, linear, quantize, sizeOf } from "@octet/core";
import { linearCall, quantizeCall } from "../../calls.ts";
import type { ConformanceCase, ConformanceContext } from "../../case.ts";
import { checkSameTensor } from "../../checks/compare.ts";
import { checkNonFinite, checkRejects } from "../../checks/expect-error.ts";
import { keepTensors } from "../../checks/keep-tensors.ts";
import { checkMemory } from "../../checks/memory.ts";
import { bitsTensor } from "../../data/data.ts";
import { nameGranularity, nameShape } from "../case-names.ts";
import { perChannel } from "../linear/linear-case.ts";
import { checkPlainCodes, plainMatrix, plainQuantization } from "../plain-data.ts";
import { promiseCase } from "../promise-case.ts";

const nonFinite: Readonly<Record<FloatDType, readonly number[]>> = {
  float32: [0x7fc00000, 0x7f800000, 0xff800000, 0x7f800001, 0xffffffff],
  float16: [0x7e00, 0x7c00, 0xfc00, 0x7c01, 0xffff],
  bfloat16: [0x7fc0, 0x7f80, 0xff80, 0x7f81, 0xffff],
};
const one: Readonly<Record<FloatDType, number>> = { float32: 0x3f800000, float16: 0x3c00, bfloat16: 0x3f80 };

/** NaN and infinities in what is to be quantized: an error that names the first and counts them, at the call or at the first read. */
export function nonFiniteCases(): ConformanceCase[] {
  const perRow: Granularity = { kind: "channel", dim: 0 };
  return [
    quantizeNonFinite("float32", [3, 5], perRow, [7], "download"),
    quantizeNonFinite("float32", [3, 5], perRow, [0], "sync"),
    quantizeNonFinite("float32", [33, 31], { kind: "tensor" }, [1022], "download"),
    quantizeNonFinite("float32", [5, 7, 3], { kind: "channel", dim: 1 }, [104, 20, 21], "download"),
    quantizeNonFinite("float32", [3, 64], { kind: "group", size: 32 }, [191, 64], "sync"),
    quantizeNonFinite("float16", [5, 7], perRow, [34, 3], "download"),
    quantizeNonFinite("bfloat16", [5, 7], perRow, [5], "download"),
    linearNonFinite("int8", "float32", [4, 9], [13], "download"),
    linearNonFinite("int8", "float16", [4, 9], [35, 2], "sync"),
    linearNonFinite("int16", "float32", [4, 9], [0, 35], "download"),
    linearNonFinite("int16", "bfloat16", [4, 9], [17], "sync"),
    promiseCase("errors", "non-finite-reaches-what-depends-on-it", ["nan-ignored"], reachesDependents),
    promiseCase("errors", "non-finite-is-reported-once-by-sync", ["nan-ignored"], reportedOnce),
  ];
}

function tensorWith(
  dtype: FloatDType,
  shape: readonly number[],
  bad: readonly number[],
  value: number,
): HostTensor<FloatDType> {
  const bits = Array.from({ length: sizeOf(shape) }, (_, index) => (bad.includes(index) ? value : one[dtype]));
  return bitsTensor(dtype, shape, bits);
}

function quantizeNonFinite(
  dtype: FloatDType,
  shape: readonly number[],
  granularity: Granularity,
  bad: readonly number[],
  read: "download" | "sync",
): ConformanceCase {
  return promiseCase(
    "errors",
    `non-finite-quantize.${dtype}.${nameShape(shape)}.${nameGranularity(granularity)}.at-${bad.join("-")}.${read}`,
    ["nan-ignored", "leak"],
    async ({ backend }) => {
      const before = backend.memory();
      for (const value of nonFinite[dtype]) {
        await keepTensors(async (keep) => {
          const x = keep(backend.upload(tensorWith(dtype, shape, bad, value)));
          const expected = { first: Math.min(...bad), count: bad.length, read };
          await checkNonFinite(backend, () => quantize(x, { granularity }), expected);
          await checkUsable(backend);
        });
        checkMemory(backend, before, []);
      }
    },
    [quantizeCall(dtype, shape, granularity, 8)],
  );
}

function linearNonFinite(
  activations: "int8" | "int16",
  dtype: FloatDType,
  shape: readonly [number, number],
  bad: readonly number[],
  read: "download" | "sync",
): ConformanceCase {
  return promiseCase(
    "errors",
    `non-finite-${activations}-linear.${dtype}.${nameShape(shape)}.at-${bad.join("-")}.${read}`,
    ["nan-ignored", "leak"],
    async ({ backend }) => {
      const before = backend.memory();
      for (const value of nonFinite[dtype]) {
        await keepTensors(async (keep) => {
          const x = keep(backend.upload(tensorWith(dtype, shape, bad, value)));
          const weight = keep(backend.upload(plainWeight(shape[1])));
          const expected = { first: Math.min(...bad), count: bad.length, read };
          await checkNonFinite(backend, () => linear(x, weight, { activations }), expected);
          await checkUsable(backend);
        });
        checkMemory(backend, before, []);
      }
    },
    [linearCall({ dtype, shape }, { ...perChannel, shape: [3, shape[1]] }, undefined, { activations })],
  );
}

function plainWeight(k: number) {
  return {
    quantized: { dtype: "int8", shape: [3, k], data: new Int8Array(3 * k).fill(1) },
    scale: { dtype: "float32", shape: [3], data: new Float32Array(3).fill(1) },
    granularity: { kind: "channel", dim: 0 },
    bits: 8,
  } as const;
}

/** The next op is right, and nothing of the error is left for a later read. */
async function checkUsable(backend: ConformanceContext["backend"]): Promise<void> {
  await keepTensors(async (keep) => {
    const x = keep(backend.upload(plainMatrix()));
    checkPlainCodes(await backend.download(keep(quantize(x, plainQuantization))), "the op after the error");
  });
  await backend.sync();
}

/** Results of results: none may come out as if nothing had happened. */
async function reachesDependents({ backend }: ConformanceContext): Promise<void> {
  const before = backend.memory();
  await keepTensors(async (keep) => {
    const x = keep(backend.upload(tensorWith("float32", [8, 8], [9], 0x7fc00000)));
    const good = keep(backend.upload(plainMatrix()));
    await checkRejects(
      "ERR_NON_FINITE",
      async () => {
        const quantized = keep(quantize(x, plainQuantization));
        const floats = keep(dequantize(quantized, { dtype: "float32" }));
        const y = keep(linear(good, keep(quantize(floats, plainQuantization))));
        await backend.download(y);
      },
      "a chain of ops that begins with a NaN",
    );
    await backend.sync().catch(() => undefined); // where the download did not settle what the chain's other results hold
    checkSameTensor(await backend.download(good), plainMatrix(), "a tensor that does not depend on the NaN");
  });
  checkMemory(backend, before, []);
}

/** Thrown at the call, or rejecting one sync: the next sync has nothing to say. */
async function reportedOnce({ backend }: ConformanceContext): Promise<void> {
  await keepTensors(async (keep) => {
    const x = keep(backend.upload(tensorWith("float32", [8, 8], [63], 0x7f800000)));
    await checkNonFinite(backend, () => quantize(x, plainQuantization), { first: 63, count: 1, read: "sync" });
    await backend.sync();
  });
}
