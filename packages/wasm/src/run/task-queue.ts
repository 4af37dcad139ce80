import type { Heap } from "../memory/heap.ts";
import { findingWords, type NonFiniteFinding } from "./finding.ts";
import type { Launch } from "./launch.ts";
import type { Runner } from "./runner.ts";

/** Work to be run in call order. */
export interface TaskRequest {
  readonly launches: readonly Launch[];
  /** Blocks that only this work uses. They are freed when it is done. */
  readonly temporaries: readonly number[];
  /** What the launches may note; the first of `temporaries` holds its words. */
  readonly finding: NonFiniteFinding | undefined;
}

/** Work under way. */
export interface Task {
  readonly ticket: number;
  /** Dropped when it is done, so that a waiting caller does not keep what the task used. */
  request: TaskRequest | undefined;
  /** Blocks given up after this call and before the next one: free once it is done. */
  readonly released: number[];
}

/**
 * The work under way, in call order. Each call looks what is done, takes in findings and frees memory, on the thread that calls. A block
 * that is given up is free when everything that was called before is done.
 */
export class TaskQueue {
  readonly #runner: Runner;
  readonly #heap: Heap;
  readonly #pending: Task[] = [];

  constructor(runner: Runner, heap: Heap) {
    this.#runner = runner;
    this.#heap = heap;
  }

  /** @throws OctetError `ERR_DEVICE_LOST`; the temporaries are then free */
  run(request: TaskRequest): Task {
    const task: Task = { ticket: this.#submit(request), request, released: [] };
    this.#pending.push(task);
    this.#settle();
    return task;
  }

  /** Gives a block up: it is free as soon as nothing can be using it. */
  release(address: number): void {
    this.#settle();
    const last = this.#pending.at(-1);
    if (last === undefined) this.#heap.free(address);
    else last.released.push(address);
  }

  /** Waits for what frees memory. True when some was freed; false when there is nothing to wait for, or this thread may not. */
  reclaim(): boolean {
    const [first] = this.#pending;
    if (first === undefined || !this.#runner.waitBlocking(first.ticket)) return false;
    this.#settle();
    return true;
  }

  /** Resolves when this work is done, and so all before it. Rejects as `Runner.wait` does. */
  async wait(task: Task): Promise<void> {
    if (task.request === undefined) return;
    await this.#runner.wait(task.ticket);
    this.#settle();
  }

  /** Resolves when all work called so far is done. */
  async waitForAll(): Promise<void> {
    const last = this.#pending.at(-1);
    if (last !== undefined) await this.wait(last);
  }

  #submit({ launches, temporaries }: TaskRequest): number {
    try {
      return this.#runner.submit(launches);
    } catch (error) {
      for (const address of temporaries) this.#heap.free(address);
      throw error;
    }
  }

  #settle(): void {
    while (this.#pending.length > 0 && this.#runner.isDone(this.#pending[0].ticket)) {
      this.#finish(this.#pending.shift() as Task);
    }
  }

  #finish(task: Task): void {
    const { finding, temporaries } = task.request as TaskRequest;
    finding?.settle(this.#heap.words(temporaries[0], findingWords));
    task.request = undefined;
    for (const address of temporaries) this.#heap.free(address);
    for (const address of task.released) this.#heap.free(address);
  }
}
