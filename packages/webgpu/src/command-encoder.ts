import { BindGroups } from "./bind-groups.ts";
import type { Command, Launch } from "./command.ts";
import type { Verdict } from "./error-scopes.ts";
import { bufferUsage } from "./gpu-flags.ts";
import { type Layouts, paramsBytes, paramsStride } from "./layouts.ts";
import type { Pipelines } from "./pipelines.ts";
import type { Probation } from "./probation.ts";

/** Launches whose parameters the buffer for them holds at first. */
const initialLaunches = 64;

export interface CommandEncoderOptions {
  readonly device: GPUDevice;
  readonly pipelines: Pipelines;
  readonly layouts: Layouts;
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
    const params = this.#writeParams(commands.filter((command) => command.kind === "launch"));
    const encoder = device.createCommandEncoder({ label: "octet" });
    let pass: GPUComputePassEncoder | undefined;
    let launches = 0;
    for (const command of commands) {
      if (command.kind === "clear") {
        pass?.end();
        pass = undefined;
        encoder.clearBuffer(command.buffer, 0, Math.ceil(command.bytes / 4) * 4);
      } else {
        pass ??= encoder.beginComputePass();
        this.#encode(pass, command, params, launches++ * paramsStride);
      }
    }
    pass?.end();
    device.queue.submit([encoder.finish()]);
    return probation.verdictOn(params);
  }

  /** Has bind groups, layouts and the buffer of parameters made anew: a submission that failed may have found no memory for them. */
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
    { shader, ranges, workgroups }: Launch,
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

  /** One write for all launches. The buffer is reused by every submission: the queue keeps writes and submissions in order. */
  #writeParams(launches: readonly Launch[]): GPUBuffer {
    const { device, probation } = this.#options;
    const size = launches.length * paramsStride;
    if (this.#params === undefined || this.#params.size < size) {
      // The old buffer may be in use by what was submitted; destroying it waits for that.
      this.#params?.destroy();
      const capacity = Math.max(initialLaunches * paramsStride, 2 * size);
      const usage = bufferUsage.uniform | bufferUsage.copyTarget;
      this.#params = probation.make(
        () => "the parameters of ops",
        () => device.createBuffer({ label: "octet params", size: capacity, usage }),
      );
      this.#words = new Uint32Array(this.#params.size / 4);
    }
    for (const [index, { params }] of launches.entries()) this.#words.set(params, (index * paramsStride) / 4);
    if (size > 0) device.queue.writeBuffer(this.#params, 0, this.#words, 0, size / 4);
    return this.#params;
  }
}

/** A grid of at least `workgroups` workgroups in two dimensions of up to `limit`; shaders leave out the surplus. */
export function foldGrid(workgroups: number, limit: number): [x: number, y: number] {
  const rows = Math.ceil(workgroups / limit);
  return rows <= 1 ? [workgroups, 1] : [Math.ceil(workgroups / rows), rows];
}
