/**
 * The script of a worker. The build inlines it as a string (scripts/bundle-worker.ts); it runs in Node and in browsers, and ends only
 * when it is terminated.
 */

import { scratchAddress, threadScratch } from "./memory/memory-map.ts";
import { instantiateKernels, type KernelExports } from "./run/exports.ts";
import {
  claimChunk,
  control,
  finishChunk,
  header,
  isPast,
  slotRecord,
  slotWord,
  waitUntilPast,
} from "./run/pool-protocol.ts";
import { type PostMessage, receiveStart, type WorkerStart } from "./run/worker-port.ts";

receiveStart(run);

function run({ module, memory, thread }: WorkerStart, postMessage: PostMessage): void {
  const exports = instantiateKernels(module, memory);
  const words = new Int32Array(memory.buffer, 0, scratchAddress / 4);
  postMessage("ready");
  for (let launch = 0, next = 1; ; launch = next) {
    // A worker that overslept goes on where the others are.
    const completed = Atomics.load(words, control.completed);
    if (isPast(completed, launch)) launch = completed;
    next = (launch + 1) | 0;
    waitUntilPast(words, control.published, next);
    if (runChunks(words, exports, launch, threadScratch(thread))) complete(words, next, postMessage);
    else waitUntilPast(words, control.completed, next);
  }
}

/** True for the worker that finishes the last chunk. */
function runChunks(
  words: Int32Array,
  { kernels, countNonFinite }: KernelExports,
  launch: number,
  scratch: number,
): boolean {
  let last = false;
  for (let chunk = claimChunk(words, launch); chunk >= 0; chunk = claimChunk(words, launch)) {
    // A claim keeps the slot as it is until the chunk is finished.
    const slot = slotWord(launch);
    const grain = words[slot + header.grain] >>> 0;
    const begin = chunk * grain;
    const end = Math.min(begin + grain, words[slot + header.items] >>> 0);
    kernels[words[slot + header.kernel]](slotRecord(launch), begin, end, scratch);
    last = finishChunk(words, launch);
  }
  // All chunks have run, and until this launch is completed the slot is its own.
  if (last && words[slotWord(launch) + header.finding] !== 0) countNonFinite(slotRecord(launch), 0, 1, 0);
  return last;
}

function complete(words: Int32Array, completed: number, postMessage: PostMessage): void {
  Atomics.store(words, control.completed, completed);
  Atomics.notify(words, control.completed);
  if (Atomics.load(words, control.watching) === 0 || !isPast(completed, Atomics.load(words, control.watched))) return;
  if (Atomics.compareExchange(words, control.watching, 1, 0) === 1) postMessage("progress");
}
