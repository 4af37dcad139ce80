import { copyBytes } from "../generated/kernels.ts";
import type { Plan } from "../launches/plan.ts";
import type { Heap } from "../memory/heap.ts";
import { Storage } from "../memory/storage.ts";
import { findingBytes, findingWords, NonFiniteFinding } from "./finding.ts";
import type { Launch } from "./launch.ts";
import type { Runner } from "./runner.ts";
import { TaskQueue, type TaskRequest } from "./task-queue.ts";

/** Bytes that a thread copies at a time. */
const copyBlock = 2 ** 18;

/** Memory and threads: runs plans and says when their results are there. It knows blocks, not tensors. */
export class Engine {
  readonly heap: Heap;
  /** Threads that share out a launch. */
  readonly threads: number;
  readonly #runner: Runner;
  readonly #queue: TaskQueue;
  readonly #reclaim = (): boolean => this.#queue.reclaim();

  constructor(heap: Heap, runner: Runner) {
    this.heap = heap;
    this.threads = runner.threads;
    this.#runner = runner;
    this.#queue = new TaskQueue(runner, heap);
  }

  /** A block that nothing called before uses. @throws OctetError `ERR_OUT_OF_MEMORY` */
  allocate(bytes: number): Storage {
    const [address] = this.heap.allocate([bytes], this.#reclaim);
    return new Storage(address);
  }

  /**
   * Runs a plan, which fills `output` in.
   * @throws OctetError `ERR_OUT_OF_MEMORY`; `ERR_NON_FINITE` where it has run when this returns; `ERR_DEVICE_LOST`
   */
  run(plan: Plan, output: Storage | undefined): NonFiniteFinding | undefined {
    const { checks, temporaries: sizes } = plan;
    const { threads } = this;
    if (!checks) {
      const temporaries = this.reserve(sizes);
      this.runUnchecked(plan.launches({ temporaries, finding: 0, threads }), temporaries, output);
      return undefined;
    }
    const addresses = this.reserve([findingBytes, ...sizes]);
    const [finding, ...temporaries] = addresses;
    this.heap.words(finding, findingWords).fill(0);
    return this.runChecked(plan.launches({ temporaries, finding, threads }), addresses, output);
  }

  /** Runs launches that leave a finding in the first of `temporaries`. @throws OctetError as `run` does */
  runChecked(launches: readonly Launch[], temporaries: readonly number[], output?: Storage): NonFiniteFinding {
    const finding = new NonFiniteFinding();
    this.#submit({ launches, temporaries, finding }, output);
    if (this.#runner.immediate && finding.error !== undefined) throw finding.error;
    return finding;
  }

  /** Runs launches that take everything. @throws OctetError `ERR_DEVICE_LOST` */
  runUnchecked(launches: readonly Launch[], temporaries: readonly number[] = [], output?: Storage): void {
    this.#submit({ launches, temporaries, finding: undefined }, output);
  }

  /** Copies a block, in call order. */
  copy(from: Storage, to: Storage, bytes: number): void {
    const record = { source: from.address, target: to.address, size: bytes, block: copyBlock };
    this.runUnchecked([copyBytes({ items: Math.ceil(bytes / copyBlock), grain: 1 }, record)], [], to);
  }

  /** Blocks of at least these sizes in bytes. @throws OctetError `ERR_OUT_OF_MEMORY` */
  reserve(sizes: readonly number[]): number[] {
    return this.heap.allocate(sizes, this.#reclaim);
  }

  /** `copy` of a block, once it is filled in; the block may be given up meanwhile. Rejects when it never will be. */
  async read<Copy>(storage: Storage, copy: (address: number) => Copy): Promise<Copy> {
    storage.holders++;
    try {
      if (storage.task !== undefined) await this.#queue.wait(storage.task);
      return copy(storage.address);
    } finally {
      this.release(storage);
    }
  }

  /** `copy` of a block that work called later may change. */
  async readSnapshot<Copy>(storage: Storage, bytes: number, copy: (address: number) => Copy): Promise<Copy> {
    if (this.#runner.immediate) return copy(storage.address);
    const snapshot = this.allocate(bytes);
    try {
      this.copy(storage, snapshot, bytes);
      return await this.read(snapshot, copy);
    } finally {
      this.release(snapshot);
    }
  }

  /** One holder less; the last one gives the block up. */
  release(storage: Storage): void {
    if (--storage.holders === 0) this.releaseBlock(storage.address);
  }

  /** Gives a block up: it is free as soon as nothing can be using it. */
  releaseBlock(address: number): void {
    this.#queue.release(address);
  }

  /** Resolves when all work called so far has run. */
  wait(): Promise<void> {
    return this.#queue.waitForAll();
  }

  dispose(): void {
    this.#runner.dispose();
  }

  #submit(request: TaskRequest, output: Storage | undefined): void {
    const task = this.#queue.run(request);
    if (output !== undefined) output.task = task;
  }
}
