/**
 * How the thread that calls ops and the workers share them out, through counters in the shared memory.
 *
 * Launches are numbered. Launch s lies in slot s mod 256 of a ring, cut into chunks of items. Workers go through the ring in order: they
 * claim chunks of a launch until none is left, and go on to the next launch when every chunk of this one is finished, whichever worker ran it. So
 * launches run one after another, in the order of their calls, and each by all workers together. No thread holds a lock, and only workers
 * ever wait.
 *
 * All numbers are 32-bit integers that wrap around; `isPast` compares them.
 */
import { controlAddress, recordAddress, slotAddress, slots } from "../memory/memory-map.ts";

/** Words of the control block, each on a cache line of its own but the last two. */
export const control: Readonly<Record<"published" | "completed" | "watching" | "watched", number>> = {
  /** Launches that are in the ring or were: the number of the next one. Workers wait on it. */
  published: controlAddress / 4,
  /** Launches that have run: the number of the first that has not. Waited on by workers, and by a caller that runs out of memory. */
  completed: controlAddress / 4 + 16,
  /** 1 while the caller wants a message. */
  watching: controlAddress / 4 + 32,
  /** As soon as `completed` gets this far. */
  watched: controlAddress / 4 + 33,
};

/** Words of the header of a slot. */
export const header = { kernel: 0, items: 1, grain: 2, chunks: 3, claims: 4, finished: 5, finding: 6 } as const;

/** The most chunks that a launch is cut into. */
export const maxChunks = 255;

/** Whether a counter has reached a number. */
export function isPast(counter: number, number: number): boolean {
  return ((counter - number) | 0) >= 0;
}

/** The first word of the slot of launch `launch`. */
export function slotWord(launch: number): number {
  return slotAddress(launch & (slots - 1)) / 4;
}

/** The address of its record. */
export function slotRecord(launch: number): number {
  return recordAddress(launch & (slots - 1));
}

/**
 * Takes the next chunk of a launch, or returns -1 when none is left. The word of claims counts them in its low 8 bits; the others are
 * those of the number of the launch, so that a worker which was asleep cannot take a chunk of a later launch in the same slot.
 */
export function claimChunk(words: Int32Array, launch: number): number {
  const slot = slotWord(launch);
  for (;;) {
    const claims = Atomics.load(words, slot + header.claims);
    const chunk = claims & 0xff;
    if ((claims ^ launch) >>> 8 !== 0 || chunk >= words[slot + header.chunks]) return -1;
    if (Atomics.compareExchange(words, slot + header.claims, claims, claims + 1) === claims) return chunk;
  }
}

/** Closes a slot, whose launch has run, for the time in which its words change: 255 is past every chunk. */
export function closeSlot(words: Int32Array, launch: number): void {
  Atomics.or(words, slotWord(launch) + header.claims, 0xff);
}

/** Opens a slot whose words are complete. */
export function openSlot(words: Int32Array, launch: number): void {
  const slot = slotWord(launch);
  Atomics.store(words, slot + header.finished, 0);
  Atomics.store(words, slot + header.claims, launch & ~0xff);
}

/** Notes that a chunk has run. True for the one that was the last of its launch. */
export function finishChunk(words: Int32Array, launch: number): boolean {
  const slot = slotWord(launch);
  // Read first: once the chunk counts as finished, the slot may belong to another launch at any moment.
  const chunks = words[slot + header.chunks];
  return Atomics.add(words, slot + header.finished, 1) + 1 === chunks;
}

/** How many chunks of a launch, which is in its slot, have run. */
export function finishedChunks(words: Int32Array, launch: number): number {
  return Atomics.load(words, slotWord(launch) + header.finished);
}

/** Looks at a counter this often before going to sleep, which takes a system call on both sides: some 10 microseconds. */
const spins = 5000;

/** Returns when a counter has reached a number. Other changes of it do not end the wait. */
export function waitUntilPast(words: Int32Array, counter: number, number: number): void {
  for (let i = 0; i < spins; i++) if (isPast(Atomics.load(words, counter), number)) return;
  for (;;) {
    const value = Atomics.load(words, counter);
    if (isPast(value, number)) return;
    Atomics.wait(words, counter, value);
  }
}
