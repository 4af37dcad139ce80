import type { InferenceSession, Tensor } from "onnxruntime-common";
import { hostJob } from "../arms/job.ts";
import { type LinearArm, type OpenLibrary, tolerances } from "../arms/library.ts";
import type { LinearProblem } from "../linear-problem.ts";
import { encodeDynamicInt8Model } from "../models/dynamic-int8.ts";
import { encodeFloat32Model } from "../models/float32.ts";
import { encodeMatMulNBitsModel } from "../models/mat-mul-n-bits.ts";

/** What the web and the native package have in common. */
export interface OnnxRuntime {
  readonly InferenceSession: {
    create(model: Uint8Array, options: InferenceSession.SessionOptions): Promise<InferenceSession>;
  };
  readonly Tensor: new (type: "float32", data: Float32Array, dims: readonly number[]) => Tensor;
}

/** The models of a layer, by what follows the library in the id of an arm. */
const models = {
  "dynamic-int8": {
    title: "dynamic int8",
    tolerance: tolerances.int8,
    encode: encodeDynamicInt8Model,
  },
  "mat-mul-n-bits": {
    title: "MatMulNBits, 8 bits",
    tolerance: tolerances.float,
    encode: (problem: LinearProblem) => encodeMatMulNBitsModel(problem),
  },
  "mat-mul-n-bits-level-4": {
    title: "MatMulNBits, 8 bits, accuracy_level 4",
    tolerance: tolerances.int8,
    encode: (problem: LinearProblem) => encodeMatMulNBitsModel(problem, 4),
  },
  float32: { title: "float32 MatMul", tolerance: tolerances.float, encode: encodeFloat32Model },
} as const;

export function onnxArms(id: string): readonly LinearArm[] {
  return Object.entries(models).map(([key, { title, tolerance }]) => ({ id: `${id}-${key}`, title, tolerance }));
}

/** Opens a session for each model, with options as they come but for the provider and the threads. */
export async function openOnnxLibrary(
  id: string,
  runtime: OnnxRuntime,
  executionProvider: "wasm" | "cpu",
  problem: LinearProblem,
  threads: number,
): Promise<OpenLibrary> {
  const options = { executionProviders: [executionProvider], intraOpNumThreads: threads };
  const sessions = new Map<string, InferenceSession>();
  for (const [key, { encode }] of Object.entries(models)) {
    sessions.set(`${id}-${key}`, await runtime.InferenceSession.create(encode(problem), options));
  }
  return {
    async start(arm, values, rows) {
      const session = sessions.get(arm)!;
      return hostJob(async () => {
        const x = new runtime.Tensor("float32", values, [rows, values.length / rows]);
        const { y } = await session.run({ x });
        return y.data as Float32Array;
      });
    },
    async close() {
      for (const session of sessions.values()) await session.release();
    },
  };
}
