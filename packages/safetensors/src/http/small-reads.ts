/** Reads of more bytes than this are not worth collecting. */
export const SMALL_READ: number = 2 ** 16;
/** The most bytes that one window holds. */
const LARGEST_WINDOW = 2 ** 19;
/** Bytes between two reads that are fetched along, since a request of its own costs more. */
const LARGEST_GAP = 2 ** 12;
/** Windows that are kept: enough for reading codes, scales and other tensors in turn. With `LARGEST_WINDOW`, 2 MiB. */
const KEPT_WINDOWS = 4;

interface Read {
  readonly offset: number;
  readonly end: number;
  readonly resolve: (bytes: Uint8Array<ArrayBuffer>) => void;
  readonly reject: (reason: unknown) => void;
}

/** A piece of the resource, fetched or on its way. */
interface Window {
  readonly offset: number;
  readonly end: number;
  readonly bytes: Promise<Uint8Array>;
}

/**
 * Makes few requests of many small reads. Reads that are asked for at the same time and lie close together share a request. A read that
 * goes on where an earlier one ended fetches twice as much as that one did, for the reads that will follow; so going through a file in
 * small steps takes few requests, and a lone read fetches no more than it needs.
 */
export class SmallReads {
  readonly #size: number;
  readonly #fetch: (offset: number, length: number) => Promise<Uint8Array>;
  #asked: Read[] = [];
  /** The one that was used last comes last. */
  #windows: Window[] = [];

  /** `size` is that of the resource, in bytes. `fetch` gives exactly `length` bytes from `offset` on. */
  constructor(size: number, fetch: (offset: number, length: number) => Promise<Uint8Array>) {
    this.#size = size;
    this.#fetch = fetch;
  }

  /** The bytes [offset, offset + length), in memory of their own. Rejects as `fetch` does. */
  read(offset: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    return new Promise((resolve, reject) => {
      if (this.#asked.push({ offset, end: offset + length, resolve, reject }) > 1) return;
      queueMicrotask(() => this.#serve());
    });
  }

  /** Answers everything that was asked since the last time. */
  #serve(): void {
    const reads = this.#asked.sort((left, right) => left.offset - right.offset);
    this.#asked = [];
    for (const [at, { offset, end, resolve, reject }] of reads.entries()) {
      const window = this.#find(offset, end) ?? this.#open(offset, reachFrom(reads, at));
      window.bytes.then(
        (bytes) => resolve(new Uint8Array(bytes.subarray(offset - window.offset, end - window.offset))),
        reject,
      );
    }
  }

  #find(offset: number, end: number): Window | undefined {
    const found = this.#windows.find((window) => window.offset <= offset && end <= window.end);
    if (found !== undefined) this.#keep(found);
    return found;
  }

  #open(offset: number, end: number): Window {
    const before = this.#windows.findLast((window) => window.offset <= offset && offset <= window.end + LARGEST_GAP);
    const ahead = before === undefined ? 0 : Math.min(2 * (before.end - before.offset), LARGEST_WINDOW);
    const length = Math.min(Math.max(end - offset, ahead), this.#size - offset);
    const window: Window = { offset, end: offset + length, bytes: this.#fetch(offset, length) };
    this.#keep(window);
    window.bytes.catch(() => this.#drop(window)); // the next read tries again
    return window;
  }

  #keep(window: Window): void {
    this.#drop(window);
    this.#windows = [...this.#windows, window].slice(-KEPT_WINDOWS);
  }

  #drop(window: Window): void {
    this.#windows = this.#windows.filter((kept) => kept !== window);
  }
}

/** Where a window ends that starts with `reads[at]` and holds those of the next ones that lie close. */
function reachFrom(reads: readonly Read[], at: number): number {
  const { offset } = reads[at];
  let { end } = reads[at];
  for (let next = at + 1; next < reads.length; next++) {
    const far = reads[next].offset > end + LARGEST_GAP || reads[next].end > offset + LARGEST_WINDOW;
    if (far) break;
    end = Math.max(end, reads[next].end);
  }
  return end;
}
