import { env, InferenceSession, Tensor } from "onnxruntime-web/webgpu";
import type { ProductJob } from "../../arms/job.ts";
import { type Library, tolerances } from "../../arms/library.ts";
import type { LinearProblem } from "../../linear-problem.ts";
import { encodeFloat16Model } from "../../models/float16.ts";
import { encodeFloat32Model } from "../../models/float32.ts";
import { encodeMatMulNBitsModel } from "../../models/mat-mul-n-bits.ts";
import type { SharedDevice } from "../shared-device.ts";

/** The models of a layer, by what follows the library in the id of an arm. */
const models = {
  "ort-webgpu-mat-mul-n-bits": {
    title: "MatMulNBits, 8 bits",
    tolerance: tolerances.float,
    dtype: "float32",
    encode: (problem: LinearProblem) => encodeMatMulNBitsModel(problem),
  },
  "ort-webgpu-mat-mul-n-bits-level-4": {
    title: "MatMulNBits, 8 bits, accuracy_level 4",
    tolerance: tolerances.int8,
    dtype: "float32",
    encode: (problem: LinearProblem) => encodeMatMulNBitsModel(problem, 4),
  },
  "ort-webgpu-float32": {
    title: "float32 MatMul",
    tolerance: tolerances.float,
    dtype: "float32",
    encode: encodeFloat32Model,
  },
  "ort-webgpu-float16": {
    title: "float16 MatMul",
    tolerance: tolerances.float16,
    dtype: "float16",
    encode: encodeFloat16Model,
  },
} as const;

type ArmId = keyof typeof models;

export const onnxruntimeWebGPU: Library<SharedDevice> = {
  name: "onnxruntime-web",
  arms: Object.entries(models).map(([id, { title, tolerance, dtype }]) => ({
    ...{ id, title, tolerance },
    ...(dtype === "float16" ? { needs: "shader-f16" as const } : {}),
  })),
  async open(problem, { device }) {
    env.wasm.numThreads = 1; // for what it computes on the CPU, which is nothing here
    const sessions = new Map<ArmId, InferenceSession>();
    for (const [id, { dtype, encode }] of Object.entries(models)) {
      if (dtype === "float16" && !device.features.has("shader-f16")) continue;
      const session = await InferenceSession.create(encode(problem), {
        executionProviders: [{ name: "webgpu", device }],
        preferredOutputLocation: "gpu-buffer",
        // Fails where a node has no kernel for WebGPU, instead of timing the CPU.
        extra: { session: { disable_cpu_ep_fallback: "1" } },
      });
      sessions.set(id as ArmId, session);
    }
    return {
      async start(arm, values, rows) {
        const { dtype } = models[arm as ArmId];
        return productJob(device, sessions.get(arm as ArmId)!, dtype, values, rows);
      },
      async close() {
        for (const session of sessions.values()) await session.release();
      },
    };
  },
};

function productJob(
  device: GPUDevice,
  session: InferenceSession,
  dataType: "float32" | "float16",
  values: Float32Array,
  rows: number,
): ProductJob {
  const data = dataType === "float16" ? Float16Array.from(values) : new Float32Array(values);
  const buffer = device.createBuffer({
    size: Math.ceil(data.byteLength / 16) * 16,
    usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC,
  });
  device.queue.writeBuffer(buffer, 0, data);
  const x = Tensor.fromGpuBuffer(buffer, { dataType, dims: [rows, values.length / rows] });
  let y: Tensor | undefined;
  return {
    async run() {
      y?.dispose();
      y = (await session.run({ x })).y;
    },
    async read() {
      const result = await y!.getData();
      return result instanceof Float32Array ? result : Float32Array.from(toFloat16(result as ArrayBufferView));
    },
    dispose() {
      y?.dispose();
      x.dispose();
      buffer.destroy();
    },
  };
}

/** Where the engine has no Float16Array, onnxruntime gives bits. */
function toFloat16({ buffer, byteOffset, byteLength }: ArrayBufferView): Float16Array {
  return new Float16Array(buffer, byteOffset, byteLength / 2);
}
