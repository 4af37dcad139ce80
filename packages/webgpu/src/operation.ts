import { type BoundRange, bindRange } from "./buffer-range.ts";
import type { Command } from "./command.ts";
import type { Device } from "./device.ts";
import type { Verdict } from "./error-scopes.ts";
import type { FaultSlot } from "./outcome.ts";
import type { Shader } from "./shader.ts";

/** Collects the commands of one op, its temporary buffers and its results. Nothing but uploads runs before the backend enqueues it. */
export class Operation {
  readonly device: Device;
  readonly commands: Command[] = [];
  /** What the device says of the uploads. */
  readonly writes: Verdict[] = [];
  readonly #scratch: GPUBuffer[] = [];
  readonly #results: GPUBuffer[] = [];
  #slot: FaultSlot | undefined;

  constructor(device: Device) {
    this.device = device;
  }

  /** A buffer for a result, with arbitrary contents. */
  result(bytes: number): GPUBuffer {
    const buffer = this.device.pool.take(bytes);
    this.#results.push(buffer);
    return buffer;
  }

  /** A buffer that is given back when the op has been enqueued, with arbitrary contents. */
  scratch(bytes: number): GPUBuffer {
    const buffer = this.device.pool.take(bytes);
    this.#scratch.push(buffer);
    return buffer;
  }

  launch(shader: Shader, params: readonly number[], ranges: readonly BoundRange[], workgroups: number): void {
    if (workgroups > 0) this.commands.push({ kind: "launch", shader, params, ranges, workgroups });
  }

  /** Uploads bytes to a buffer of this op, at once. */
  write(buffer: GPUBuffer, bytes: Uint8Array): void {
    this.writes.push(this.device.queue.write(buffer, bytes));
  }

  /** Fills the first bytes of a buffer with zeroes. */
  clear(buffer: GPUBuffer, bytes: number): void {
    if (bytes > 0) this.commands.push({ kind: "clear", buffer, bytes });
  }

  /** Where the kernels of this op note elements that are not finite. */
  findings(): { readonly range: BoundRange; readonly slot: number } {
    this.#slot ??= this.device.ledger.takeSlot();
    const { buffer, index } = this.#slot;
    return { range: bindRange({ buffer, start: 0, end: buffer.size }), slot: index };
  }

  /** Everything the op took from the pool. */
  get buffers(): readonly GPUBuffer[] {
    return [...this.#scratch, ...this.#results];
  }

  get slot(): FaultSlot | undefined {
    return this.#slot;
  }

  /** After the op was enqueued. */
  releaseScratch(): void {
    for (const buffer of this.#scratch) this.device.pool.release(buffer);
  }

  /** When the op could not be enqueued. */
  abandon(): void {
    if (this.#slot !== undefined) this.device.ledger.returnSlot(this.#slot);
    this.releaseScratch();
    for (const buffer of this.#results) this.device.pool.release(buffer);
  }
}
