import { nonFinite, type OctetError } from "@octet/core";
import type { NativeBuffer, NativeDevice } from "./addon.ts";

/** Bytes of a record on the device: the complement of the first flat index, and how many elements, both unsigned, of 64 bits. */
const recordBytes = 16;
const recordsPerChunk = 4096;

/** What one op may have found that cannot be quantized. Known once its record was read. */
export interface Fault {
  readonly faults: NativeBuffer;
  readonly faultIndex: number;
  /** Settles when the record was read. */
  settled: Promise<void> | undefined;
  error: OctetError | undefined;
  reported: boolean;
}

/**
 * The records that ops write on the device, and what is known of them. Reading is one copy for many ops: whoever reads anything asks
 * for all that is not known yet.
 */
export class FaultLedger {
  readonly #device: NativeDevice;
  #chunk: NativeBuffer | undefined;
  #used = 0;
  #capturing: Fault[] | undefined;
  #unknown: Fault[] = [];
  #asked: Promise<void> = Promise.resolve();
  #unreported: Fault[] = [];

  constructor(device: NativeDevice) {
    this.#device = device;
  }

  /** A clear record for the next op. */
  allot(): Fault {
    if (this.#chunk === undefined || this.#used === recordsPerChunk) this.#startChunk();
    const fault = newFault(this.#chunk!, this.#used++);
    (this.#capturing ?? this.#unknown).push(fault);
    return fault;
  }

  /** From now on records belong to a chain that is captured. It has a chunk of its own, since each run of the chain clears them. */
  beginCapture(): void {
    this.#startChunk();
    this.#capturing = [];
  }

  /** The records of the captured chain. */
  endCapture(): readonly Fault[] {
    const captured = this.#capturing ?? [];
    this.#capturing = undefined;
    this.#chunk = undefined;
    return captured;
  }

  /** The same records for another run of a captured chain. What earlier runs left in them is read first, in stream order. */
  renew(captured: readonly Fault[]): Fault[] {
    if (captured.length > 0) void this.settle();
    const renewed = captured.map(({ faults, faultIndex }) => newFault(faults, faultIndex));
    this.#unknown.push(...renewed);
    return renewed;
  }

  /**
   * Asks for every record that is not known yet, as it is at this place in the order of calls. Resolves when these, and those that were
   * asked for before, are known.
   */
  settle(): Promise<void> {
    const byChunk = Map.groupBy(this.#unknown, ({ faults }) => faults);
    this.#unknown = [];
    for (const [chunk, faults] of byChunk) {
      const settled = this.#device.read(chunk).then((bytes) => {
        for (const fault of faults) this.#learn(fault, new BigUint64Array(bytes, fault.faultIndex * recordBytes, 2));
      });
      // Whoever waits for one of the faults gets the error; when nobody does, it is no error of theirs.
      settled.catch(() => {});
      for (const fault of faults) fault.settled = settled;
      this.#asked = Promise.all([this.#asked, settled]).then(() => {});
      this.#asked.catch(() => {});
    }
    return this.#asked;
  }

  /** The first error that was not reported, by the order of ops; after that all count as reported. */
  takeUnreported(): OctetError | undefined {
    const first = this.#unreported.find(({ reported }) => !reported);
    for (const fault of this.#unreported) fault.reported = true;
    this.#unreported = [];
    return first?.error;
  }

  #learn(fault: Fault, [invertedFirst, count]: BigUint64Array): void {
    if (count === 0n) return;
    fault.error = nonFinite(Number(BigInt.asUintN(64, ~invertedFirst!)), Number(count));
    this.#unreported.push(fault);
  }

  #startChunk(): void {
    const chunk = this.#device.allocate(recordsPerChunk * recordBytes);
    this.#device.zero(chunk);
    this.#chunk = chunk;
    this.#used = 0;
  }
}

function newFault(faults: NativeBuffer, faultIndex: number): Fault {
  return { faults, faultIndex, settled: undefined, error: undefined, reported: false };
}

/** Waits until all of these are known and throws the first error among them, which then counts as reported. */
export async function throwFault(faults: ReadonlySet<Fault>): Promise<void> {
  for (const fault of faults) {
    await fault.settled;
    if (fault.error === undefined) continue;
    fault.reported = true;
    throw fault.error;
  }
}
