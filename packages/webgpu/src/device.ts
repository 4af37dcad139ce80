import { BufferPool } from "./buffer-pool.ts";
import { bindingSlack } from "./buffer-range.ts";
import { CommandEncoder } from "./command-encoder.ts";
import { CommandQueue } from "./command-queue.ts";
import { bufferUsage } from "./gpu-flags.ts";
import { Layouts } from "./layouts.ts";
import { OutcomeLedger } from "./outcome-ledger.ts";
import { Pipelines } from "./pipelines.ts";
import { Probation } from "./probation.ts";
import type { Shader } from "./shader.ts";

/** What shaders may use beyond the core of WGSL. Results are the same bits with and without. */
export interface ShaderFeatures {
  /** The language feature `packed_4x8_integer_dot_product`. */
  readonly packedDot: boolean;
  /** The device feature `subgroups`. */
  readonly subgroups: boolean;
  /** The device is a program on the CPU: threads are few, and barriers cost much. */
  readonly software: boolean;
}

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
export class Device {
  readonly gpu: GPUDevice;
  readonly features: ShaderFeatures;
  readonly pipelines: Pipelines;
  /** Buffers of tensors. */
  readonly pool: BufferPool;
  /** Buffers through which the host reads. */
  readonly staging: BufferPool;
  readonly queue: CommandQueue;
  readonly ledger: OutcomeLedger;
  /** Bytes of a range that can be bound wherever it starts. */
  readonly maxRangeBytes: number;

  constructor(gpu: GPUDevice, features: ShaderFeatures, internals: DeviceInternals = {}) {
    this.gpu = gpu;
    this.features = features;
    const { storage, copySource, copyTarget, mapRead } = bufferUsage;
    const probation = new Probation(gpu);
    const layouts = new Layouts(gpu);
    this.pipelines = new Pipelines({ device: gpu, layouts, probation, rewrite: internals.rewrite });
    const { maxStorageBufferBindingSize, maxBufferSize, maxComputeWorkgroupsPerDimension } = gpu.limits;
    const encoder = new CommandEncoder({
      device: gpu,
      pipelines: this.pipelines,
      layouts,
      probation,
      maxGridExtent: internals.maxGridExtent ?? maxComputeWorkgroupsPerDimension,
    });
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
    this.ledger = new OutcomeLedger({
      createPage: (size) => {
        const buffer = probation.make(
          () => "a page of findings",
          () => gpu.createBuffer({ label: "octet findings", size, usage: storage | copySource | copyTarget }),
        );
        return { buffer, verdict: probation.verdictOn(buffer) };
      },
      clear: (buffer) =>
        this.queue.enqueue({ commands: [{ kind: "clear", buffer, bytes: buffer.size }], buffers: [], writes: [] }),
    });
    this.maxRangeBytes =
      internals.maxRangeBytes ?? Math.min(maxStorageBufferBindingSize, maxBufferSize, 2 ** 31) - bindingSlack;
  }

  /** Destroys all buffers; the GPUDevice itself belongs to whoever made it. */
  destroy(): void {
    this.queue.destroy();
    this.pool.destroy();
    this.staging.destroy();
    this.ledger.destroy();
  }
}
