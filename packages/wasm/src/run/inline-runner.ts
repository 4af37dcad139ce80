import { hostRecordAddress, recordWords, threadScratch } from "../memory/memory-map.ts";
import type { KernelExports } from "./exports.ts";
import type { Launch } from "./launch.ts";
import type { Runner } from "./runner.ts";

/** Runs everything at the call, on the calling thread. */
export class InlineRunner implements Runner {
  readonly immediate = true;
  readonly threads = 1;
  readonly #exports: KernelExports;
  readonly #memory: WebAssembly.Memory;
  #record: Uint32Array;
  #ticket = 0;

  constructor(exports: KernelExports, memory: WebAssembly.Memory) {
    this.#exports = exports;
    this.#memory = memory;
    this.#record = new Uint32Array(memory.buffer, hostRecordAddress, recordWords);
  }

  submit(launches: readonly Launch[]): number {
    // Memory that has grown is another buffer.
    if (this.#record.length === 0) {
      this.#record = new Uint32Array(this.#memory.buffer, hostRecordAddress, recordWords);
    }
    for (const launch of launches) this.#run(launch);
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

  #run({ kernel, items, grain, words, finding }: Launch): void {
    const run = this.#exports.kernels[kernel];
    for (let i = 0; i < words.length; i++) this.#record[i] = words[i];
    // In several calls even here: an engine exchanges a function that has become hot only when it is called again.
    for (let begin = 0; begin < items; begin += grain) {
      run(hostRecordAddress, begin, Math.min(begin + grain, items), threadScratch(0));
    }
    if (finding !== 0) this.#exports.countNonFinite(hostRecordAddress, 0, 1, 0);
  }
}
