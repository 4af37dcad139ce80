import { type BoundRange, bindRange } from "./layout/buffer-range.ts";
import type { ParamTypes, ParamValues } from "./params.ts";
import type { Shader, ShaderFeatures } from "./shader.ts";
import type { Command } from "./submit/command.ts";
import type { FindingSlots } from "./submit/finding-pages.ts";

/** What an op draws on while it enqueues: the device's own, or what a recorded program keeps. */
export interface OperationResources {
  readonly features: ShaderFeatures;
  /** Bytes of a range that can be bound wherever it starts. */
  readonly maxRangeBytes: number;
  /** A buffer of at least so many bytes, with arbitrary contents. */
  take(bytes: number): GPUBuffer;
  /** Takes it back. What is enqueued already may go on using it. */
  release(buffer: GPUBuffer): void;
  takeSlot(): FindingSlots;
}

/** Collects the commands of one op and its temporary buffers. Nothing runs before they are enqueued. */
export class Operation {
  readonly commands: Command[] = [];
  readonly #resources: OperationResources;
  readonly #scratch: GPUBuffer[] = [];
  #slot: FindingSlots | undefined;

  constructor(resources: OperationResources) {
    this.#resources = resources;
  }

  get features(): ShaderFeatures {
    return this.#resources.features;
  }

  get maxRangeBytes(): number {
    return this.#resources.maxRangeBytes;
  }

  /** Where its kernels note elements that are not finite; undefined if none looks for them. */
  get slot(): FindingSlots | undefined {
    return this.#slot;
  }

  /** A buffer that is given back when the op has been enqueued, with arbitrary contents. */
  scratch(bytes: number): GPUBuffer {
    const buffer = this.#resources.take(bytes);
    this.#scratch.push(buffer);
    return buffer;
  }

  /** Runs a shader. `ranges` are in the order of its buffers. */
  dispatch<Types extends ParamTypes>(
    shader: Shader<Types>,
    params: ParamValues<Types>,
    ranges: readonly BoundRange[],
    workgroups: number,
  ): void {
    if (workgroups > 0) this.commands.push({ kind: "dispatch", shader, params, ranges, workgroups });
  }

  /** Fills the first bytes of a buffer with zeroes. */
  clear(buffer: GPUBuffer, bytes: number): void {
    if (bytes > 0) this.commands.push({ kind: "clear", buffer, bytes });
  }

  /** Where the kernels of this op note elements that are not finite: one place for all of them. */
  findings(): { readonly range: BoundRange; readonly slot: number } {
    this.#slot ??= this.#resources.takeSlot();
    const { buffer, first } = this.#slot;
    return { range: bindRange({ buffer, start: 0, end: buffer.size }), slot: first };
  }

  /** Once the op was enqueued, or could not be. */
  releaseScratch(): void {
    for (const buffer of this.#scratch) this.#resources.release(buffer);
  }
}
