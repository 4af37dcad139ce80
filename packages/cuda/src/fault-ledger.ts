import { nonFinite, type OctetError } from "@octet/core";
import type { NativeBuffer, NativeDevice } from "./addon.ts";
import { type Allotted, CapturedRecords, recordBytes } from "./captured-records.ts";
import { type Finding, type Findings, firstError, newFinding, noFindings, unite } from "./finding.ts";

/** How many records there are, whatever the number of ops: 16 KiB of the device. */
const recordCount = 1024;

/** One pass over the records: the findings of those in use, in the order of ops. What is known, or asked for, is their beginning. */
interface Lap {
  readonly findings: Finding[];
  known: number;
  asked: number;
  /** Settles when all that was asked for is known. */
  asking: Promise<void>;
}

/**
 * The records that ops write on the device, and what is known of them. Records are given out in turn. Those that are not known when all
 * are used are read at once, so that neither memory nor what is waited for grows with the number of ops.
 */
export class FaultLedger {
  readonly #device: NativeDevice;
  #records: NativeBuffer | undefined;
  #lap: Lap = newLap();
  #capture: CapturedRecords | undefined;
  readonly #unreported = new Set<OctetError>();

  constructor(device: NativeDevice) {
    this.#device = device;
  }

  get capturing(): boolean {
    return this.#capture !== undefined;
  }

  /** The finding of an op whose inputs depend on `causes`, and a clear record for it. */
  allot(causes: Findings): Allotted {
    if (this.#capture !== undefined) return this.#capture.allot(causes);
    const faults = this.#makeRoom();
    const faultIndex = this.#lap.findings.length;
    return { finding: this.#note(causes), record: { faults, faultIndex } };
  }

  /** From now on records belong to a chain that is captured. */
  beginCapture(): CapturedRecords {
    this.#capture = new CapturedRecords(this.#device);
    return this.#capture;
  }

  endCapture(): void {
    this.#capture = undefined;
  }

  /**
   * Takes over what a run of a captured chain leaves in its records. Call it after the run is enqueued, and before the next one.
   * @param input what the argument of the chain depended on while it was captured; `given` is what it depends on in this run
   * @returns translates what a tensor depended on while it was captured into what it depends on now
   */
  adopt(captured: CapturedRecords, input: Finding, given: Findings): (inside: Findings) => Findings {
    const outside = new Map<Finding, Findings>([[input, given]]);
    const translate = (inside: Findings) => unite(...inside.map((finding) => outside.get(finding) ?? [finding]));
    for (const { records, findings } of captured.blocks) {
      for (let done = 0; done < findings.length; ) {
        const target = this.#makeRoom();
        const first = this.#lap.findings.length;
        const adopted = findings.slice(done, done + recordCount - first);
        this.#device.copy(target, records, first * recordBytes, done * recordBytes, adopted.length * recordBytes);
        for (const finding of adopted) outside.set(finding, [this.#note(translate(finding.causes))]);
        done += adopted.length;
      }
    }
    return translate;
  }

  /** Resolves when all of these are known; without an argument, when those of every op called so far are. Its rejection may be left alone. */
  settle(findings?: Findings): Promise<void> {
    const settled = findings?.every(({ known }) => known) === true ? Promise.resolve() : this.#ask();
    settled.catch(() => {});
    return settled;
  }

  /** The first error of these, which then counts as reported. All must be known. */
  report(findings: Findings): OctetError | undefined {
    const error = firstError(findings);
    if (error !== undefined) this.#unreported.delete(error);
    return error;
  }

  /** The first error that was not reported, by the order of ops; after that all count as reported. */
  takeUnreported(): OctetError | undefined {
    const [first] = this.#unreported;
    this.#unreported.clear();
    return first;
  }

  dispose(): void {
    this.#records?.free();
  }

  /** The records, of which one at least is free. */
  #makeRoom(): NativeBuffer {
    this.#records ??= this.#makeRecords();
    const { findings, known } = this.#lap;
    if (findings.length < recordCount) return this.#records;
    if (known < recordCount) {
      const bytes = this.#device.readNow(this.#records, known * recordBytes, (recordCount - known) * recordBytes);
      learn(this.#lap, known, bytes, this.#unreported);
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

  #note(causes: Findings): Finding {
    const finding = newFinding(causes);
    this.#lap.findings.push(finding);
    return finding;
  }

  /** Asks for the records that were not asked for yet. What could not be read is asked for again the next time. */
  #ask(): Promise<void> {
    const lap = this.#lap;
    const { asked, asking, findings } = lap;
    if (asked < findings.length) {
      lap.asked = findings.length;
      const asks = Promise.all([this.#read(asked, findings.length), asking]).then(([bytes]) =>
        learn(lap, asked, bytes, this.#unreported),
      );
      lap.asking = asks;
      asks.catch(() => {
        if (lap.asking === asks) Object.assign(lap, { asked: lap.known, asking: Promise.resolve() });
      });
    }
    return lap.asking;
  }

  /** The addon's call may throw: that is a rejection like that of the copy. */
  async #read(start: number, end: number): Promise<ArrayBuffer> {
    return this.#device.read(this.#records!, start * recordBytes, (end - start) * recordBytes);
  }
}

function newLap(): Lap {
  return { findings: [], known: 0, asked: 0, asking: Promise.resolve() };
}

/** Takes in the records from place `start` on. Some may be known by now, of another reading. */
function learn(lap: Lap, start: number, bytes: ArrayBuffer, unreported: Set<OctetError>): void {
  const words = new BigUint64Array(bytes);
  const end = start + bytes.byteLength / recordBytes;
  for (; lap.known < end; lap.known++) {
    const place = (lap.known - start) * 2;
    const finding = lap.findings[lap.known]!;
    finding.error = firstError(finding.causes);
    finding.causes = noFindings;
    finding.known = true;
    const count = words[place + 1]!;
    if (finding.error !== undefined || count === 0n) continue;
    finding.error = nonFinite(Number(BigInt.asUintN(64, ~words[place]!)), Number(count));
    unreported.add(finding.error);
  }
}
