import { bufferUsage } from "./gpu-flags.ts";
import { bindingSlack } from "./layout/buffer-range.ts";
import type { OperationResources } from "./operation.ts";
import type { Shader, ShaderFeatures } from "./shader.ts";
import { BindLayouts } from "./submit/bind-layouts.ts";
import { BufferPool } from "./submit/buffer-pool.ts";
import { CommandEncoder, type CommandEncoderOptions } from "./submit/command-encoder.ts";
import { CommandQueue } from "./submit/command-queue.ts";
import type { FindingSlots } from "./submit/finding-pages.ts";
import { Findings } from "./submit/findings.ts";
import { Pipelines } from "./submit/pipelines.ts";
import { Probation } from "./submit/probation.ts";
import { readBuffers } from "./submit/read-buffers.ts";

/** What tests change: they break shaders, cut small tensors into many ranges, fold small grids, and choose other kernels. */
export interface DeviceInternals {
  /** The text to compile instead of a shader's own. */
  readonly rewrite?: ((shader: Shader) => string) | undefined;
  readonly maxRangeBytes?: number | undefined;
  /** Folds grids of more workgroups than this. */
  readonly maxGridExtent?: number | undefined;
  /** Chooses the kernels for GPUs on a software device, or the other way round. */
  readonly software?: boolean | undefined;
}

/** A GPUDevice with everything that ops share. */
export class Device implements OperationResources {
  readonly gpu: GPUDevice;
  readonly features: ShaderFeatures;
  readonly pipelines: Pipelines;
  /** Buffers of tensors. */
  readonly pool: BufferPool;
  /** Buffers through which the host reads. */
  readonly staging: BufferPool;
  readonly queue: CommandQueue;
  readonly findings: Findings;
  /** What encoding commands takes. */
  readonly encoding: CommandEncoderOptions;
  /** Bytes of a range that can be bound wherever it starts. */
  readonly maxRangeBytes: number;

  constructor(gpu: GPUDevice, features: ShaderFeatures, internals: DeviceInternals = {}) {
    this.gpu = gpu;
    this.features = features;
    const { storage, copySource, copyTarget, mapRead } = bufferUsage;
    const probation = new Probation(gpu);
    const layouts = new BindLayouts(gpu);
    this.pipelines = new Pipelines({ device: gpu, layouts, probation, rewrite: internals.rewrite });
    const { maxStorageBufferBindingSize, maxBufferSize, maxComputeWorkgroupsPerDimension } = gpu.limits;
    this.encoding = {
      device: gpu,
      pipelines: this.pipelines,
      layouts,
      probation,
      maxGridExtent: internals.maxGridExtent ?? maxComputeWorkgroupsPerDimension,
    };
    const encoder = new CommandEncoder(this.encoding);
    this.queue = new CommandQueue({ device: gpu, encoder, pipelines: this.pipelines, probation });
    this.pool = new BufferPool({
      device: gpu,
      probation,
      usage: storage | copySource | copyTarget,
      maxIdleBytes: 256 * 2 ** 20,
      flush: () => this.queue.flush(),
    });
    this.staging = new BufferPool({
      device: gpu,
      probation,
      usage: mapRead | copyTarget,
      maxIdleBytes: 16 * 2 ** 20,
      flush: () => {},
    });
    this.findings = new Findings({
      createPage: (size) => {
        const buffer = probation.make(
          () => "a page of findings",
          () => gpu.createBuffer({ label: "octet findings", size, usage: storage | copySource | copyTarget }),
        );
        return { buffer, verdict: probation.verdictOn(buffer) };
      },
      clear: (buffer) => this.queue.enqueue([{ kind: "clear", buffer, bytes: buffer.size }]),
      read: async (buffer) => {
        const [bytes] = await readBuffers(gpu, [{ buffer, bytes: buffer.size }], this.staging);
        return new Uint32Array(bytes.buffer);
      },
    });
    this.maxRangeBytes =
      internals.maxRangeBytes ?? Math.min(maxStorageBufferBindingSize, maxBufferSize, 2 ** 31) - bindingSlack;
  }

  take(bytes: number): GPUBuffer {
    return this.pool.take(bytes);
  }

  release(buffer: GPUBuffer): void {
    this.pool.release(buffer);
  }

  takeSlot(): FindingSlots {
    return this.findings.take(1);
  }

  /** Destroys all buffers; the GPUDevice itself belongs to its maker. */
  destroy(): void {
    this.queue.destroy();
    this.pool.destroy();
    this.staging.destroy();
    this.findings.destroy();
  }
}
