import type { OctetError } from "@octet/core";
import type { Heap } from "./heap.ts";
import type { Launch } from "./launch.ts";
import type { Runner } from "./runner.ts";

/** What an op asks for. */
export interface TaskRequest {
  readonly launches: readonly Launch[];
  /** The ops that made its inputs; undefined for what was uploaded. */
  readonly dependencies: readonly (Task | undefined)[];
  /** Blocks that only this op uses. They are freed when it is done. */
  readonly temporaries: readonly number[];
  /** Says what the launches found wrong with the data. Called once, when they have run. */
  readonly check?: () => OctetError | undefined;
}

/** One op. */
export interface Task {
  readonly ticket: number;
  /** Dropped when the op is done, so that a chain of results does not keep its whole past. */
  request: TaskRequest | undefined;
  /** Blocks given up after this op was called and before the next one was: free once it is done. */
  readonly released: number[];
  /** What went wrong in it, or in what it depends on. */
  failure: OctetError | undefined;
}

/**
 * The ops under way, in call order. Whatever is learnt of them is learnt here, on the thread that called them: each call looks which ones
 * are done, collects their errors and frees their memory. A block that is given up is free when every op called before is done.
 */
export class TaskQueue {
  readonly #runner: Runner;
  readonly #heap: Heap;
  readonly #pending: Task[] = [];
  /** Errors of which nobody was told yet, in call order. */
  readonly #unreported = new Set<OctetError>();

  constructor(runner: Runner, heap: Heap) {
    this.#runner = runner;
    this.#heap = heap;
  }

  /** Calls an op. @throws OctetError what its check says, where it has run when this returns; `ERR_DEVICE_LOST` */
  run(request: TaskRequest): Task {
    const task: Task = { ticket: this.#submit(request), request, released: [], failure: undefined };
    this.#pending.push(task);
    this.#settle();
    if (this.#runner.immediate) this.throwFailure(task);
    return task;
  }

  /** Gives a block up: it is free as soon as no op can be using it. */
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

  /** Resolves when the op is done. Rejects with what went wrong in it, or in one that it depends on. */
  async wait(task: Task): Promise<void> {
    if (task.request !== undefined) {
      await this.#runner.wait(task.ticket);
      this.#settle();
    }
    this.throwFailure(task);
  }

  /** Resolves when all ops called so far are done. Rejects with the first error of which nobody was told. */
  async waitForAll(): Promise<void> {
    const last = this.#pending.at(-1);
    if (last !== undefined) await this.#runner.wait(last.ticket);
    this.#settle();
    const [first] = this.#unreported;
    if (first !== undefined) this.#report(first);
  }

  throwFailure({ failure }: Task): void {
    if (failure !== undefined) this.#report(failure);
  }

  /** Throws an error, and lets go of it. */
  #report(error: OctetError): never {
    this.#unreported.delete(error);
    throw error;
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
    const { dependencies, check, temporaries } = task.request as TaskRequest;
    // The inputs' failures come first: what an op made of bad inputs says nothing of its own.
    task.failure = dependencies.find((dependency) => dependency?.failure !== undefined)?.failure;
    if (task.failure === undefined) {
      task.failure = check?.();
      if (task.failure !== undefined) this.#unreported.add(task.failure);
    }
    task.request = undefined;
    for (const address of [...temporaries, ...task.released]) this.#heap.free(address);
  }
}
