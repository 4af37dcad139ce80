import { expect, test } from "vitest";
import type { NativeBuffer, NativeDevice } from "./addon.ts";
import { FaultLedger } from "./fault-ledger.ts";
import { type Findings, noFindings, unite } from "./finding.ts";

/** Records in the memory of the host; `refusals` readings fail before others succeed. */
class FakeDevice {
  refusals = 0;
  readonly #memory = new Map<object, BigUint64Array>();

  allocate(bytes: number): NativeBuffer {
    const buffer = { free: () => {} };
    this.#memory.set(buffer, new BigUint64Array(bytes / 8));
    return buffer;
  }

  zero(target: NativeBuffer): void {
    this.words(target).fill(0n);
  }

  async read(source: NativeBuffer, offset: number, bytes: number): Promise<ArrayBuffer> {
    return this.readNow(source, offset, bytes);
  }

  readNow(source: NativeBuffer, offset: number, bytes: number): ArrayBuffer {
    if (this.refusals > 0) {
      this.refusals--;
      throw new Error("refused");
    }
    return this.words(source).slice(offset / 8, (offset + bytes) / 8).buffer;
  }

  words(buffer: NativeBuffer): BigUint64Array {
    return this.#memory.get(buffer)!;
  }
}

function open() {
  const device = new FakeDevice();
  const ledger = new FaultLedger(device as unknown as NativeDevice);
  /** An op, which meets that many bad elements, the first of them at that place. */
  const op = (causes: Findings, count = 0, first = 0): Findings => {
    const { finding, record } = ledger.allot(causes);
    device.words(record.faults).set([BigInt.asUintN(64, ~BigInt(first)), BigInt(count)], record.faultIndex * 2);
    return [finding];
  };
  const messageOf = async (findings: Findings) => {
    await ledger.settle(findings);
    return ledger.report(findings)?.message;
  };
  return { device, ledger, op, messageOf };
}

test("a chain of any length depends on one finding, which lets go of the others once it is known", async () => {
  const { op, messageOf } = open();
  let chain = noFindings;
  for (let i = 0; i < 3000; i++) {
    chain = unite(op(chain), chain);
    expect(chain.length).toBeLessThanOrEqual(2);
    chain = chain.slice(0, 1);
  }
  expect(await messageOf(chain)).toBeUndefined();
  expect(chain[0]!.causes).toEqual([]);
});

test("what is known to be clean drops out, and nothing after a known error counts", async () => {
  const { op, ledger } = open();
  const [clean, failed, later] = [op(noFindings), op(noFindings, 1, 7), op(noFindings, 1, 8)];
  expect(unite(clean, failed, later)).toHaveLength(3);
  await ledger.settle();
  expect(unite(clean, clean)).toEqual([]);
  expect(unite(clean, failed, later)).toEqual(failed);
});

test("the first input that failed wins, whenever the records are read", async () => {
  for (const readBetween of [false, true]) {
    const { op, ledger, messageOf } = open();
    const inputs = [op(noFindings, 1, 1), op(noFindings, 1, 2)] as const;
    if (readBetween) await ledger.settle();
    expect(await messageOf(op(unite(inputs[1], inputs[0]), 5, 3))).toContain("element 2");
  }
});

test("a result is told by its first error only, and sync of what is left", async () => {
  const { op, ledger, messageOf } = open();
  const first = op(noFindings, 1, 1);
  const result = op(op(first, 4, 0), 4, 0);
  op(noFindings, 1, 9);
  expect(await messageOf(result)).toContain("element 1");
  expect(ledger.takeUnreported()?.message).toContain("element 9");
  expect(ledger.takeUnreported()).toBeUndefined();
});

test("a reading that fails is made again", async () => {
  const { device, op, ledger, messageOf } = open();
  const bad = op(noFindings, 1, 3);
  device.refusals = 1;
  await expect(ledger.settle(bad)).rejects.toThrow("refused");
  expect(await messageOf(bad)).toContain("element 3");
});

test("a reading that fails when all records are used loses nothing", async () => {
  const { device, op, messageOf } = open();
  const bad = op(noFindings, 1, 3);
  for (let i = 1; i < 1024; i++) op(noFindings);
  device.refusals = 1;
  expect(() => op(noFindings)).toThrow("refused");
  const next = op(bad);
  expect(await messageOf(next)).toContain("element 3");
});

test("records that are used again while a reading is on its way are not mixed up", async () => {
  const { op, ledger, messageOf } = open();
  const bad = op(noFindings, 1, 3);
  const reading = ledger.settle();
  let fine = noFindings;
  for (let i = 0; i < 1500; i++) fine = op(noFindings);
  const reused = op(noFindings, 1, 4);
  await reading;
  expect(await messageOf(bad)).toContain("element 3");
  expect(await messageOf(fine)).toBeUndefined();
  expect(await messageOf(reused)).toContain("element 4");
});
