import type { OctetError } from "@octet/core";
import { type Finding, nonFinite } from "@octet/core/backend";
import type { NativeBuffer, NativeDevice } from "./addon.ts";
import type { FindingPlace } from "./launches.ts";

/** Bytes of a record on the device: the complement of the first flat index, and how many elements, both unsigned, of 64 bits. */
export const recordBytes = 16;

/** How many records there are, whatever the number of launches: 16 KiB of the device. */
const recordCount = 1024;

class RecordedFinding implements Finding {
  known = false;
  error: OctetError | undefined;
}

/** One pass over the records: the findings of those in use, in call order. What is known, or asked for, is their beginning. */
interface Lap {
  readonly findings: RecordedFinding[];
  known: number;
  asked: number;
  /** Settles when all that was asked for is known. */
  asking: Promise<void>;
}

/**
 * The records in which launches note what is not finite. They are given out in turn. Those that are not known when all are used are read
 * at once, so that neither memory nor waiting grows with the number of launches.
 */
export class Findings {
  readonly #device: NativeDevice;
  #records: NativeBuffer | undefined;
  #lap: Lap = newLap();

  constructor(device: NativeDevice) {
    this.#device = device;
  }

  /** The finding of the next launch, and a clear record for it. */
  allot(): { readonly finding: Finding; readonly place: FindingPlace } {
    const records = this.#makeRoom();
    const finding = new RecordedFinding();
    const offset = (this.#lap.findings.push(finding) - 1) * recordBytes;
    return { finding, place: { records, offset } };
  }

  /**
   * Resolves when the findings of every launch so far are known. A record that could not be read is read again the next time. Its rejection
   * may be left alone.
   */
  settle(): Promise<void> {
    const lap = this.#lap;
    const { asked, asking, findings } = lap;
    if (asked < findings.length) {
      lap.asked = findings.length;
      const asks = Promise.all([this.#read(asked, findings.length), asking]).then(([bytes]) =>
        learn(lap, asked, bytes),
      );
      lap.asking = asks;
      asks.catch(() => {
        if (lap.asking === asks) Object.assign(lap, { asked: lap.known, asking: Promise.resolve() });
      });
    }
    return lap.asking;
  }

  dispose(): void {
    this.#records?.free();
  }

  /** The records, with at least one free. */
  #makeRoom(): NativeBuffer {
    this.#records ??= this.#makeRecords();
    const { findings, known } = this.#lap;
    if (findings.length < recordCount) return this.#records;
    if (known < recordCount) {
      const bytes = this.#device.readNow(this.#records, known * recordBytes, (recordCount - known) * recordBytes);
      learn(this.#lap, known, bytes);
    }
    this.#device.zero(this.#records);
    this.#lap = newLap();
    return this.#records;
  }

  #makeRecords(): NativeBuffer {
    const records = this.#device.allocate(recordCount * recordBytes);
    this.#device.zero(records);
    return records;
  }

  /** The addon's call may throw: that is a rejection like that of the copy. */
  async #read(start: number, end: number): Promise<ArrayBuffer> {
    return this.#device.read(this.#records as NativeBuffer, start * recordBytes, (end - start) * recordBytes);
  }
}

function newLap(): Lap {
  return { findings: [], known: 0, asked: 0, asking: Promise.resolve() };
}

/** Takes in the records from place `start` on. Some may be known by now, of another reading. */
function learn(lap: Lap, start: number, bytes: ArrayBuffer): void {
  const words = new BigUint64Array(bytes);
  const end = start + bytes.byteLength / recordBytes;
  for (; lap.known < end; lap.known++) {
    const place = (lap.known - start) * 2;
    const finding = lap.findings[lap.known]!;
    const count = words[place + 1]!;
    if (count !== 0n) finding.error = nonFinite(Number(BigInt.asUintN(64, ~words[place]!)), Number(count));
    finding.known = true;
  }
}
