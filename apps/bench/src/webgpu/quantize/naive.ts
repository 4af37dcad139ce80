import type { MemoryJob } from "../../arms/job.ts";
import { type MemoryArm, quantizeBytes } from "../../arms/memory-arm.ts";
import { findQuantizeFault } from "../../memory/find-fault.ts";
import type { MemoryProblem } from "../../memory/memory-problem.ts";
import type { SharedDevice } from "../shared-device.ts";
import { invocationPerRow, rowsPerWorkgroup, workgroupPerRow } from "./naive-shaders.ts";

/** WGSL divides with an error of 2.5 units in the last place. */
const divisionRounding = 2 ** -21;

const naive = (id: string, title: string, shader: string, rowsPerGroup: number): MemoryArm<SharedDevice> => ({
  id,
  library: "naive WGSL",
  title,
  bytesPerElement: quantizeBytes,
  start: (problem, shared) => start(problem, shared, shader, rowsPerGroup),
});

/** Kernels in plain float32, up to 65535 workgroups, rows of a multiple of 4: what exactness is measured against. */
export const naiveQuantize: readonly MemoryArm<SharedDevice>[] = [
  naive("naive-workgroup", "floats, a workgroup a row", workgroupPerRow, 1),
  naive("naive-invocation", "floats, an invocation a row", invocationPerRow, rowsPerWorkgroup),
];

async function start(
  problem: MemoryProblem,
  { device }: SharedDevice,
  code: string,
  rowsPerGroup: number,
): Promise<MemoryJob> {
  const { original, outFeatures: rows, inFeatures: columns } = problem;
  const pipeline = await device.createComputePipelineAsync({
    layout: "auto",
    compute: { module: device.createShaderModule({ code }), constants: { rows, quads: columns / 4 } },
  });
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC;
  const x = device.createBuffer({ size: original.byteLength, usage });
  const codes = device.createBuffer({ size: rows * columns, usage });
  const scales = device.createBuffer({ size: rows * 4, usage });
  device.queue.writeBuffer(x, 0, original as Float32Array<ArrayBuffer>);
  const group = device.createBindGroup({
    layout: pipeline.getBindGroupLayout(0),
    entries: [x, codes, scales].map((buffer, binding) => ({ binding, resource: { buffer } })),
  });
  return {
    run() {
      const encoder = device.createCommandEncoder();
      const pass = encoder.beginComputePass();
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, group);
      pass.dispatchWorkgroups(Math.ceil(rows / rowsPerGroup));
      pass.end();
      device.queue.submit([encoder.finish()]);
    },
    async findFault() {
      const found = new Int8Array(await readBuffer(device, codes));
      return findQuantizeFault(problem, found, new Float32Array(await readBuffer(device, scales)), divisionRounding);
    },
    dispose() {
      for (const buffer of [x, codes, scales]) buffer.destroy();
    },
  };
}

async function readBuffer(device: GPUDevice, buffer: GPUBuffer): Promise<ArrayBuffer> {
  const { size } = buffer;
  const copy = device.createBuffer({ size, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
  const encoder = device.createCommandEncoder();
  encoder.copyBufferToBuffer(buffer, 0, copy, 0, size);
  device.queue.submit([encoder.finish()]);
  await copy.mapAsync(GPUMapMode.READ);
  const bytes = copy.getMappedRange().slice();
  copy.destroy();
  return bytes;
}
