import type { Finding } from "@octet/core/backend";
import { expect, test } from "vitest";
import type { NativeBuffer, NativeDevice } from "./addon.ts";
import { Findings } from "./findings.ts";

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
  const findings = new Findings(device as unknown as NativeDevice);
  /** A launch, which meets that many bad elements, the first of them at that place. */
  const launch = (count = 0, first = 0): Finding => {
    const { finding, place } = findings.allot();
    const record = [BigInt.asUintN(64, ~BigInt(first)), BigInt(count)];
    device.words(place.records).set(record, place.offset / 8);
    return finding;
  };
  return { device, findings, launch };
}

test("nothing is known of a launch before its record is read", async () => {
  const { findings, launch } = open();
  const [fine, bad] = [launch(), launch(2, 7)];
  expect([fine.known, bad.known]).toEqual([false, false]);
  await findings.settle();
  expect([fine.known, fine.error]).toEqual([true, undefined]);
  expect([bad.known, bad.error?.code]).toEqual([true, "ERR_NON_FINITE"]);
  expect(bad.error?.message).toContain("element 7");
});

test("a reading that fails is made again", async () => {
  const { device, findings, launch } = open();
  const bad = launch(1, 3);
  device.refusals = 1;
  await expect(findings.settle()).rejects.toThrow("refused");
  expect(bad.known).toBe(false);
  await findings.settle();
  expect(bad.error?.message).toContain("element 3");
});

test("a reading that fails when all records are used loses nothing", async () => {
  const { device, findings, launch } = open();
  const bad = launch(1, 3);
  for (let i = 1; i < 1024; i++) launch();
  device.refusals = 1;
  expect(() => launch()).toThrow("refused");
  const next = launch();
  expect(bad.error?.message).toContain("element 3");
  await findings.settle();
  expect([next.known, next.error]).toEqual([true, undefined]);
});

test("records that are used again while a reading is on its way are not mixed up", async () => {
  const { findings, launch } = open();
  const bad = launch(1, 3);
  const reading = findings.settle();
  let fine = launch();
  for (let i = 0; i < 1500; i++) fine = launch();
  const reused = launch(1, 4);
  await reading;
  expect(bad.error?.message).toContain("element 3");
  expect(reused.known).toBe(false);
  await findings.settle();
  expect([fine.known, fine.error]).toEqual([true, undefined]);
  expect(reused.error?.message).toContain("element 4");
});

test("launches become known in call order, whatever is read at once", async () => {
  const { findings, launch } = open();
  const all: Finding[] = [];
  for (let i = 0; i < 2500; i++) {
    all.push(launch());
    if (i % 700 === 0) void findings.settle();
    const known = all.map((finding) => finding.known);
    if (i % 500 === 0)
      expect(known.lastIndexOf(true)).toBeLessThan(known.includes(false) ? known.indexOf(false) : i + 1);
  }
  await findings.settle();
  expect(all.every(({ known }) => known)).toBe(true);
});
