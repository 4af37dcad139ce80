import { BufferPool } from "./buffer-pool.ts";
import { bindingSlack } from "./buffer-range.ts";
import { CommandQueue } from "./command-queue.ts";
import { OutcomeLedger } from "./outcome-ledger.ts";
import { Pipelines } from "./pipelines.ts";
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

/** What tests change: they break shaders, cut small tensors into many ranges, and choose other kernels. */
export interface DeviceInternals {
  /** The text to compile instead of a shader's own. */
  readonly rewrite?: ((shader: Shader) => string) | undefined;
  readonly maxRangeBytes?: number | undefined;
  /** Chooses the kernels for GPUs on a software device, or the other way round. */
  readonly software?: boolean | undefined;
}

/** A GPUDevice with everything that ops share. */
export class Device {
  readonly gpu: GPUDevice;
  readonly features: ShaderFeatures;
  readonly pipelines: Pipelines;
  readonly pool: BufferPool;
  readonly queue: CommandQueue;
  readonly ledger: OutcomeLedger;
  /** Bytes of a range that can be bound wherever it starts. */
  readonly maxRangeBytes: number;

  constructor(gpu: GPUDevice, features: ShaderFeatures, internals: DeviceInternals = {}) {
    this.gpu = gpu;
    this.features = features;
    this.pipelines = new Pipelines(gpu, internals.rewrite);
    this.pool = new BufferPool(gpu);
    this.queue = new CommandQueue(gpu, this.pipelines);
    this.ledger = new OutcomeLedger(gpu);
    const { maxStorageBufferBindingSize, maxBufferSize } = gpu.limits;
    this.maxRangeBytes =
      internals.maxRangeBytes ?? Math.min(maxStorageBufferBindingSize, maxBufferSize, 2 ** 31) - bindingSlack;
  }

  /** Destroys all buffers; the GPUDevice itself belongs to whoever made it. */
  destroy(): void {
    this.pool.destroy();
    this.queue.destroy();
    this.ledger.destroy();
  }
}
