import type { Kernel } from "./kernels.ts";
import { kernelNames } from "./kernels.ts";
import type { Launch } from "./launch.ts";
import { hostRecordAddress, recordWords, threadScratch } from "./layout.ts";
import type { Runner } from "./runner.ts";

/** Runs everything at the call, on the calling thread. */
export class InlineRunner implements Runner {
  readonly immediate = true;
  readonly threads = 1;
  readonly #kernels: readonly Kernel[];
  readonly #memory: WebAssembly.Memory;
  #ticket = 0;

  constructor(kernels: readonly Kernel[], memory: WebAssembly.Memory) {
    this.#kernels = kernels;
    this.#memory = memory;
  }

  submit(launches: readonly Launch[]): number {
    for (const { kernel, items, grain, words } of launches) {
      const run = this.#kernels[kernelNames.indexOf(kernel)];
      new Uint32Array(this.#memory.buffer, hostRecordAddress, recordWords).set(words);
      // In several calls even here: an engine exchanges a function that has become hot only when it is called again.
      for (let begin = 0; begin < items; begin += grain) {
        run(hostRecordAddress, begin, Math.min(begin + grain, items), threadScratch(0));
      }
    }
    return ++this.#ticket;
  }

  isDone(): boolean {
    return true;
  }

  async wait(): Promise<void> {}

  waitBlocking(): boolean {
    return true;
  }

  dispose(): void {}
}
