import { OctetError } from "@octet/core";
import { scratchAddress, slotHeaderWords, slots } from "../memory/memory-map.ts";
import type { Launch } from "./launch.ts";
import { closeSlot, control, finishedChunks, header, isPast, maxChunks, openSlot, slotWord } from "./pool-protocol.ts";
import type { Runner } from "./runner.ts";
import type { PoolWorker, StartWorker } from "./worker-host.ts";

interface Waiter {
  readonly ticket: number;
  resolve(): void;
  reject(error: OctetError): void;
}

/** A caller that blocks gives up when no chunk of any launch has finished for so long: the workers must be dead. Milliseconds. */
const blockingLimit = 60_000;

/** Hands launches to workers and never waits for them, unless asked to. See pool-protocol.ts. */
export class PoolRunner implements Runner {
  readonly immediate = false;
  readonly threads: number;
  readonly #words: Int32Array;
  readonly #workers: PoolWorker[] = [];
  /** Launches for which the ring had no room, in order. */
  readonly #backlog: Launch[] = [];
  #waiters: Waiter[] = [];
  #published = 0;
  #failure: OctetError | undefined;

  constructor(memory: WebAssembly.Memory, threads: number) {
    this.threads = threads;
    this.#words = new Int32Array(memory.buffer, 0, scratchAddress / 4);
  }

  /** Starts the workers. Rejects when one does not start; no other is left running then. */
  async start(startWorker: StartWorker, module: WebAssembly.Module, memory: WebAssembly.Memory): Promise<void> {
    const starts = Array.from({ length: this.threads }, (_, thread) => {
      return new Promise<void>((resolve, reject) => {
        const worker = startWorker(
          { module, memory, thread },
          {
            onMessage: (message) => (message === "ready" ? resolve() : this.#progress()),
            onFailure: (cause) => {
              reject(cause);
              this.#fail("ERR_DEVICE_LOST", "a worker died; make a new backend and upload its tensors again", cause);
            },
          },
        );
        this.#workers.push(worker);
      });
    });
    try {
      await Promise.all(starts);
    } catch (cause) {
      // A system out of threads refuses the later ones: those before it run already.
      this.dispose();
      throw cause;
    }
    this.#keepAlive(false);
  }

  submit(launches: readonly Launch[]): number {
    if (this.#failure !== undefined) throw this.#failure;
    for (const launch of launches) if (launch.items > 0) this.#backlog.push(launch);
    this.#publish();
    if (this.#backlog.length > 0) this.#watch();
    return (this.#published + this.#backlog.length) | 0;
  }

  isDone(ticket: number): boolean {
    return isPast(Atomics.load(this.#words, control.completed), ticket);
  }

  wait(ticket: number): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.isDone(ticket)) resolve();
      else if (this.#failure !== undefined) reject(this.#failure);
      else {
        this.#waiters.push({ ticket, resolve, reject });
        this.#keepAlive(true);
        this.#watch();
      }
    });
  }

  waitBlocking(ticket: number): boolean {
    while (!this.isDone(ticket)) {
      // Read before publishing: once the workers have run all that was published, this counter stands still until more is.
      const completed = Atomics.load(this.#words, control.completed);
      if (isPast(completed, ticket)) break;
      this.#publish();
      try {
        if (this.#failure !== undefined) return false;
        const finished = finishedChunks(this.#words, completed);
        const outcome = Atomics.wait(this.#words, control.completed, completed, blockingLimit);
        // One op may take minutes; its chunks do not.
        if (outcome === "timed-out" && finishedChunks(this.#words, completed) === finished) return false;
      } catch {
        return false; // a window may not wait
      }
    }
    return true;
  }

  dispose(): void {
    this.#fail("ERR_DISPOSED", "the wasm backend was disposed before the ops that this waits for had run");
  }

  /** Moves launches from the backlog into free slots, and wakes the workers. */
  #publish(): void {
    const completed = Atomics.load(this.#words, control.completed);
    const free = slots - ((this.#published - completed) | 0);
    const launches = this.#backlog.splice(0, free);
    for (const launch of launches) {
      this.#writeSlot(this.#published, launch);
      this.#published = (this.#published + 1) | 0;
    }
    if (launches.length === 0) return;
    Atomics.store(this.#words, control.published, this.#published);
    Atomics.notify(this.#words, control.published);
  }

  #writeSlot(number: number, { kernel, items, grain, words, finding }: Launch): void {
    const slot = slotWord(number);
    closeSlot(this.#words, number);
    const chunkItems = Math.ceil(Math.ceil(items / grain) / maxChunks) * grain;
    this.#words[slot + header.kernel] = kernel;
    this.#words[slot + header.items] = items;
    this.#words[slot + header.grain] = chunkItems;
    this.#words[slot + header.chunks] = Math.ceil(items / chunkItems);
    this.#words[slot + header.finding] = finding;
    this.#words.set(words, slot + slotHeaderWords);
    openSlot(this.#words, number);
  }

  /** Asks for a message at the next thing that somebody waits for; acts at once where it has happened already. */
  #watch(): void {
    const wanted = this.#waiters.map(({ ticket }) => ticket);
    // Half of the ring free is time enough to fill it again.
    if (this.#backlog.length > 0) wanted.push((this.#published - slots / 2) | 0);
    if (wanted.length === 0) return;
    const next = wanted.reduce((first, ticket) => (isPast(first, ticket) ? ticket : first));
    Atomics.store(this.#words, control.watched, next);
    Atomics.store(this.#words, control.watching, 1);
    // A worker that was done before it saw this sends nothing.
    if (this.isDone(next)) this.#progress();
  }

  #progress(): void {
    if (this.#failure !== undefined) return;
    this.#publish();
    const done = this.#waiters.filter(({ ticket }) => this.isDone(ticket));
    this.#waiters = this.#waiters.filter((waiter) => !done.includes(waiter));
    this.#keepAlive(this.#waiters.length > 0);
    for (const { resolve } of done) resolve();
    this.#watch();
  }

  #fail(code: "ERR_DEVICE_LOST" | "ERR_DISPOSED", message: string, cause?: unknown): void {
    if (this.#failure !== undefined) return;
    this.#failure = new OctetError(code, message, { cause });
    this.#backlog.length = 0;
    for (const worker of this.#workers) worker.terminate();
    for (const { reject } of this.#waiters.splice(0)) reject(this.#failure);
  }

  /** While something is waited for, the process must not end. One worker's share is enough, but any may send the message. */
  #keepAlive(keep: boolean): void {
    for (const worker of this.#workers) worker.keepAlive(keep);
  }
}
