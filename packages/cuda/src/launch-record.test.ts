import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { formatLaunchRecords } from "../scripts/launch-records.ts";
import type { NativeBuffer, NativeDevice } from "./addon.ts";
import { Launcher, recordLayouts } from "./launch-record.ts";

test("the structs of C++ are those of the table: node scripts/write-launch-records.ts writes them", () => {
  const header = new URL("../native/kernels/launch-records.h", import.meta.url);
  expect(readFileSync(header, "utf8")).toBe(formatLaunchRecords());
});

test("a record holds each field at its place, and its memories follow in order", () => {
  const calls: { number: number; bytes: Uint8Array; memories: readonly unknown[] }[] = [];
  const device = {
    launch: (number: number, record: Uint8Array, ...memories: readonly unknown[]) =>
      calls.push({ number, bytes: record.slice(), memories }),
  };
  const [x, rows, length, records] = Array.from({ length: 4 }, (): NativeBuffer => ({ free: () => {} }));
  const launcher = new Launcher(device as unknown as NativeDevice);
  const launch = { kernel: "writeRows", x, rows, length, count: 2 ** 33 + 5, rowBytes: 12, stride: 12 } as const;
  launcher.launch({ ...launch, physicalRows: 7, dtype: -1 }, { records, offset: 48 });
  launcher.launch({ kernel: "setLength", length, value: 2 ** 20 });

  const { index, fields, bytes } = recordLayouts.get("writeRows")!;
  expect(calls[0]).toMatchObject({ number: index, memories: [x, rows, length, records] });
  const view = new DataView(calls[0]!.bytes.buffer);
  expect(view.byteLength).toBe(bytes);
  const values = fields.map(({ name, type, offset }) => [
    name,
    type === "int32" ? view.getInt32(offset, true) : Number(view.getBigInt64(offset, true)),
  ]);
  const wanted = { x: 0, rows: 0, length: 0, finding: 48, count: 2 ** 33 + 5, rowBytes: 12, stride: 12 };
  expect(Object.fromEntries(values)).toEqual({ ...wanted, physicalRows: 7, dtype: -1 });
  expect(calls[1]).toMatchObject({ memories: [length] });
});
