import { bufferUsage } from "../gpu-flags.ts";
import { paramsBytes } from "../params.ts";
import { BindGroups } from "./bind-groups.ts";
import { type BindLayouts, paramsStride } from "./bind-layouts.ts";
import type { Command, Dispatch } from "./command.ts";
import type { Verdict } from "./error-scopes.ts";
import { foldGrid } from "./fold-grid.ts";
import type { Pipelines } from "./pipelines.ts";
import type { Probation } from "./probation.ts";

/** Dispatches whose parameters the buffer for them holds at first. */
const initialDispatches = 64;

export interface CommandEncoderOptions {
  readonly device: GPUDevice;
  readonly pipelines: Pipelines;
  readonly layouts: BindLayouts;
  readonly probation: Probation;
  /** Workgroups that a grid may have in each dimension. */
  readonly maxGridExtent: number;
}

/** Turns commands into one submission. */
export class CommandEncoder {
  readonly #options: CommandEncoderOptions;
  #bindGroups: BindGroups;
  #params: GPUBuffer | undefined;
  /** What goes to `params`, written here first. */
  #words = new Uint32Array(0);

  constructor(options: CommandEncoderOptions) {
    this.#options = options;
    this.#bindGroups = new BindGroups(options.device);
  }

  /**
   * Submits commands together. Does not wait.
   * @returns the device's verdict on the buffer of parameters, while it is not known
   */
  submit(commands: readonly Command[]): Verdict | undefined {
    const { device, probation } = this.#options;
    const params = this.#writeParams(commands.filter((command) => command.kind === "dispatch"));
    const encoder = device.createCommandEncoder({ label: "octet" });
    let pass: GPUComputePassEncoder | undefined;
    let dispatches = 0;
    for (const command of commands) {
      if (command.kind === "clear" || command.kind === "copy") {
        pass?.end();
        pass = undefined;
        const size = Math.ceil(command.bytes / 4) * 4;
        if (command.kind === "clear") encoder.clearBuffer(command.buffer, 0, size);
        else encoder.copyBufferToBuffer(command.from, 0, command.to, command.start, size);
        continue;
      }
      pass ??= encoder.beginComputePass();
      if (command.kind === "dispatch") {
        this.#encode(pass, command, params as GPUBuffer, dispatches++ * paramsStride);
      } else {
        pass.setPipeline(command.pipeline);
        pass.setBindGroup(0, command.bindGroup, command.offsets);
        pass.dispatchWorkgroups(command.grid[0], command.grid[1]);
      }
    }
    pass?.end();
    device.queue.submit([encoder.finish()]);
    return params && probation.verdictOn(params);
  }

  /** Drops bind groups, layouts and the buffer of parameters, so that they are made again: a failed submission may have had no memory. */
  forget(): void {
    this.#bindGroups = new BindGroups(this.#options.device);
    this.#options.layouts.clear();
    this.#params?.destroy();
    this.#params = undefined;
  }

  destroy(): void {
    this.#params?.destroy();
  }

  #encode(
    pass: GPUComputePassEncoder,
    { shader, ranges, workgroups }: Dispatch,
    buffer: GPUBuffer,
    offset: number,
  ): void {
    const { pipelines, layouts, maxGridExtent } = this.#options;
    const { bindGroup } = layouts.get(shader);
    const params = { buffer, offset: 0, size: paramsBytes };
    pass.setPipeline(pipelines.get(shader));
    pass.setBindGroup(0, this.#bindGroups.get(bindGroup, shader.accesses, params, ranges), [offset]);
    pass.dispatchWorkgroups(...foldGrid(workgroups, maxGridExtent));
  }

  /** One write for all dispatches. The buffer is reused by every submission: the queue keeps writes and submissions in order. */
  #writeParams(dispatches: readonly Dispatch[]): GPUBuffer | undefined {
    if (dispatches.length === 0) return undefined;
    const { device, probation } = this.#options;
    const size = dispatches.length * paramsStride;
    if (this.#params === undefined || this.#params.size < size) {
      // The old buffer may be in use by what was submitted; destroying it waits for that.
      this.#params?.destroy();
      const capacity = Math.max(initialDispatches * paramsStride, 2 * size);
      const usage = bufferUsage.uniform | bufferUsage.copyTarget;
      this.#params = probation.make(
        () => "the parameters of ops",
        () => device.createBuffer({ label: "octet params", size: capacity, usage }),
      );
      this.#words = new Uint32Array(this.#params.size / 4);
    }
    for (const [index, { shader, params }] of dispatches.entries()) {
      shader.params.write(params, this.#words, (index * paramsStride) / 4);
    }
    device.queue.writeBuffer(this.#params, 0, this.#words, 0, size / 4);
    return this.#params;
  }
}
