import type { Task, TaskQueue } from "./task-queue.ts";

/** The block of a tensor. Its handle holds it, and so does each download under way; when nobody does, it is given up. */
export class Storage {
  readonly address: number;
  /** The op that fills it in; undefined for an upload, which is there at once. */
  task: Task | undefined;
  readonly #queue: TaskQueue;
  #holders = 1;

  constructor(queue: TaskQueue, address: number) {
    this.#queue = queue;
    this.address = address;
  }

  retain(): void {
    this.#holders++;
  }

  release(): void {
    if (--this.#holders === 0) this.#queue.release(this.address);
  }
}
