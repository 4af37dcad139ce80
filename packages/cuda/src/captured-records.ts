import type { FaultRecord, NativeBuffer, NativeDevice } from "./addon.ts";
import { type Finding, type Findings, newFinding } from "./finding.ts";

/** Bytes of a record on the device: the complement of the first flat index, and how many elements, both unsigned, of 64 bits. */
export const recordBytes = 16;

/** Records are allocated by so many, which are 4 KiB. */
const recordsPerBlock = 256;

/** Records that lie together on the device, with their findings. */
export interface RecordBlock {
  readonly records: NativeBuffer;
  readonly findings: Finding[];
}

/** The next op's finding, and the record that the op writes to. */
export interface Allotted {
  readonly finding: Finding;
  readonly record: FaultRecord;
}

/**
 * The records of a captured chain. Each run clears and writes them, and they are copied into the ledger before the next run. Their
 * findings stand for those of a run, and are never known themselves.
 */
export class CapturedRecords {
  readonly #device: NativeDevice;
  readonly blocks: RecordBlock[] = [];

  constructor(device: NativeDevice) {
    this.#device = device;
  }

  allot(causes: Findings): Allotted {
    let block = this.blocks.at(-1);
    if (block === undefined || block.findings.length === recordsPerBlock) {
      block = { records: this.#device.allocate(recordsPerBlock * recordBytes), findings: [] };
      this.blocks.push(block);
    }
    const finding = newFinding(causes);
    const faultIndex = block.findings.push(finding) - 1;
    return { finding, record: { faults: block.records, faultIndex } };
  }

  free(): void {
    for (const { records } of this.blocks) records.free();
  }
}
