import type { BoundRange } from "./buffer-range.ts";
import { bufferUsage } from "./gpu-flags.ts";
import type { Pipelines } from "./pipelines.ts";
import type { Shader } from "./shader.ts";

/** One step of an op. Steps run in order, each after the one before has finished. */
export type Command =
  | {
      readonly kind: "launch";
      readonly shader: Shader;
      /** In the order of the shader's `params`. */
      readonly params: readonly number[];
      /** In the order of the shader's `buffers`. */
      readonly ranges: readonly BoundRange[];
      readonly workgroups: number;
    }
  | { readonly kind: "clear"; readonly buffer: GPUBuffer; readonly bytes: number };

/** Where the parameters of a launch may start in a uniform buffer, in bytes. */
const paramsStride = 256;

/** Turns commands into submissions. */
export class CommandQueue {
  readonly #device: GPUDevice;
  readonly #pipelines: Pipelines;
  #params: GPUBuffer | undefined;

  constructor(device: GPUDevice, pipelines: Pipelines) {
    this.#device = device;
    this.#pipelines = pipelines;
  }

  /** Submits commands together. Does not wait. */
  submit(commands: readonly Command[]): void {
    const params = this.#writeParams(commands);
    const encoder = this.#device.createCommandEncoder();
    let pass: GPUComputePassEncoder | undefined;
    commands.forEach((command, index) => {
      if (command.kind === "clear") {
        pass?.end();
        pass = undefined;
        encoder.clearBuffer(command.buffer, 0, Math.ceil(command.bytes / 4) * 4);
        return;
      }
      const { shader, ranges, workgroups } = command;
      const pipeline = this.#pipelines.get(shader);
      const uniform = { buffer: params, offset: index * paramsStride, size: paramsStride };
      pass ??= encoder.beginComputePass();
      pass.setPipeline(pipeline);
      pass.setBindGroup(
        0,
        this.#device.createBindGroup({
          layout: pipeline.getBindGroupLayout(0),
          entries: [uniform, ...ranges.map(({ binding }) => binding)].map((resource, binding) => ({
            binding,
            resource,
          })),
        }),
      );
      pass.dispatchWorkgroups(...foldGrid(workgroups, this.#device.limits.maxComputeWorkgroupsPerDimension));
    });
    pass?.end();
    this.#device.queue.submit([encoder.finish()]);
  }

  destroy(): void {
    this.#params?.destroy();
  }

  /** One write for all launches. The buffer is reused by every submission: the queue keeps writes and submissions in order. */
  #writeParams(commands: readonly Command[]): GPUBuffer {
    const words = new Uint32Array((commands.length * paramsStride) / 4);
    commands.forEach((command, index) => {
      if (command.kind === "launch") words.set(command.params, (index * paramsStride) / 4);
    });
    if (this.#params === undefined || this.#params.size < words.byteLength) {
      // The old buffer may be in use by what was submitted; destroying it waits for that.
      this.#params?.destroy();
      this.#params = this.#device.createBuffer({
        label: "octet params",
        size: Math.max(16 * paramsStride, 2 * words.byteLength),
        usage: bufferUsage.uniform | bufferUsage.copyTarget,
      });
    }
    this.#device.queue.writeBuffer(this.#params, 0, words);
    return this.#params;
  }
}

/** A grid of at least `workgroups` workgroups in two dimensions of up to `limit`; shaders leave out the surplus. */
export function foldGrid(workgroups: number, limit: number): [x: number, y: number] {
  const rows = Math.ceil(workgroups / limit);
  return rows <= 1 ? [workgroups, 1] : [Math.ceil(workgroups / rows), rows];
}
