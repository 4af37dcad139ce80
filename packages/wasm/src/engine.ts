import type { Heap } from "./heap.ts";
import type { Plan } from "./launches/plan.ts";
import type { NonFiniteScan } from "./non-finite-scan.ts";
import type { Runner } from "./runner.ts";
import { Storage } from "./storage.ts";
import { TaskQueue } from "./task-queue.ts";

/** Memory and threads: runs plans and says when their results are there. It knows blocks, not tensors. */
export class Engine {
  readonly heap: Heap;
  /** Threads that run ops. */
  readonly threads: number;
  readonly #runner: Runner;
  readonly #queue: TaskQueue;
  readonly #scan: NonFiniteScan;
  readonly #reclaim = (): boolean => this.#queue.reclaim();

  constructor(heap: Heap, runner: Runner, scan: NonFiniteScan) {
    this.heap = heap;
    this.threads = runner.threads;
    this.#runner = runner;
    this.#queue = new TaskQueue(runner, heap);
    this.#scan = scan;
  }

  /** A block for the host to fill in. No op that was called before uses it. @throws OctetError `ERR_OUT_OF_MEMORY` */
  allocate(bytes: number): Storage {
    const [address] = this.heap.allocate([bytes], this.#reclaim);
    return new Storage(this.#queue, address);
  }

  /**
   * Calls an op whose result takes `bytes`. `inputs` are what it reads; they may be given up right after.
   * @throws OctetError `ERR_OUT_OF_MEMORY`; `ERR_NON_FINITE` where it has run when this returns; `ERR_DEVICE_LOST`
   */
  run(plan: Plan, bytes: number, inputs: readonly Storage[]): Storage {
    const { mustBeFinite } = plan;
    const [address, ...temporaries] = this.heap.allocate([bytes, ...plan.temporaries], this.#reclaim);
    const storage = new Storage(this.#queue, address);
    const [status] = temporaries;
    if (mustBeFinite) this.heap.words(status, 1)[0] = 0;
    try {
      storage.task = this.#queue.run({
        launches: plan.launches(address, temporaries),
        dependencies: inputs.map(({ task }) => task),
        temporaries,
        ...(mustBeFinite && {
          check: () => (this.heap.words(status, 1)[0] === 0 ? undefined : this.#scan(mustBeFinite)),
        }),
      });
    } catch (error) {
      storage.release();
      throw error;
    }
    return storage;
  }

  /**
   * `copy` of the block, once it is filled in; the block may be given up meanwhile. Rejects with what went wrong in what filled it in.
   */
  async read<Copy>(storage: Storage, copy: (address: number) => Copy): Promise<Copy> {
    storage.retain();
    try {
      if (storage.task !== undefined) await this.#queue.wait(storage.task);
      return copy(storage.address);
    } finally {
      storage.release();
    }
  }

  /** Resolves when all ops have run. Rejects with the first error of which nobody was told. */
  async sync(): Promise<void> {
    await this.#queue.waitForAll();
  }

  dispose(): void {
    this.#runner.dispose();
  }
}
