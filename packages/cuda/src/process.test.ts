import { spawnSync } from "node:child_process";
import { describe, expect, test, vi } from "vitest";
import { emulatorMissing, emulatorPath, loadEmulator } from "../test/emulator.ts";
import type { NativeBuffer, NativeDevice } from "./addon.ts";
import { Launcher } from "./launch-record.ts";

/** Runs a script with `addon` in scope and returns how the process ended. */
function run(script: string): { readonly status: number | null; readonly output: string } {
  const code = `const addon = require(${JSON.stringify(emulatorPath)});\n${script}`;
  // An uncaught error makes Node join V8's threads, and one that waits for a collection then waits forever: V8 gets none here.
  const flags = ["--expose-gc", "--single-threaded"];
  const { status, stdout, stderr } = spawnSync(process.execPath, [...flags, "-e", code], {
    encoding: "utf8",
    timeout: 50_000,
  });
  return { status, output: stdout + stderr };
}

/** relu of 1024 float32, as the addon takes it. */
function reluLaunch(): { readonly number: number; readonly record: readonly number[] } {
  const launch = vi.fn<NativeDevice["launch"]>();
  const buffer = { free: () => {} };
  const launcher = new Launcher({ launch } as unknown as NativeDevice);
  launcher.launch({ kernel: "activation", x: buffer, y: buffer, size: 1024, dtype: 0, kind: 0 });
  const [number, record] = launch.mock.lastCall!;
  return { number, record: [...record] };
}

describe.skipIf(emulatorMissing)("the addon", () => {
  test("answers wrong calls with errors", () => {
    const { Device } = loadEmulator();
    const device = new Device(0);
    const buffer = device.allocate!(16) as NativeBuffer;
    const launcher = new Launcher(device as unknown as NativeDevice);
    const launch = launcher.launch.bind(launcher);
    const dequantize = {
      kernel: "dequantize",
      ...{ codes: buffer, scales: buffer, y: buffer },
      ...{ outer: 1, channels: 1, inner: 4, dtype: 0 },
    } as const;
    const quantizeRows = {
      kernel: "quantizeRows",
      ...{ x: buffer, codes: buffer, scales: buffer },
      ...{ rows: 1, columns: 4, pitch: 16, dtype: 0, bits: 8 },
    } as const;
    const linear = {
      kernel: "linear",
      ...{ x: buffer, weight: buffer, y: buffer, m: 1, n: 1, k: 4, scaleCount: 1, group: 0 },
      ...{ pitch: 0, xDtype: 0, weightDtype: 3, biasDtype: 0, dtype: 0, activationBits: 0 },
    } as const;
    const rows = {
      kernel: "readRows",
      ...{ rows: buffer, length: buffer, y: buffer },
      ...{ count: 1, rowBytes: 3, stride: 4, physicalRows: 4 },
    } as const;
    // They are wrong in one thing each.
    launch(dequantize);
    launch(rows);
    launch({ ...linear, scales: buffer });
    launch(quantizeRows, { records: buffer, offset: 0 });
    for (const call of [
      () => new Device("0"),
      () => new Device(1),
      () => device.allocate!(-1),
      () => device.allocate!("many"),
      () => device.allocate!(Number.NaN),
      () => device.allocate!(2 ** 60),
      () => device.upload!(buffer, [1, 2, 3]),
      () => device.upload!(buffer, new Float64Array(3)),
      () => device.upload!({}, new Uint8Array(3)),
      () => device.upload!(null, new Uint8Array(3)),
      () => device.read!(device),
      () => device.read!(),
      () => device.copy!(buffer, device.allocate!(17)),
      () => device.zero!(new (buffer as object).constructor.prototype.constructor()),
      () => device.launch!(),
      () => device.launch!(99, new Uint8Array(8)),
      () => device.launch!(-1, new Uint8Array(8)),
      () => device.launch!(0, new Uint8Array(8), buffer),
      () => device.launch!(0, "record", buffer),
      () => launch({ kernel: "activation", x: buffer, y: buffer, size: 5, dtype: 0, kind: 0 }),
      () => launch({ kernel: "activation", x: buffer, y: buffer, size: 4, dtype: 9, kind: 0 }),
      () => launch({ kernel: "activation", x: buffer, y: buffer, size: 4, dtype: 0, kind: 3 }),
      () => launch({ kernel: "activation", x: buffer, y: undefined as never, size: 4, dtype: 0, kind: 0 }),
      () => launch({ kernel: "activation", x: {} as never, y: buffer, size: 4, dtype: 0, kind: 0 }),
      () => launch({ kernel: "activation", x: buffer, y: buffer, size: -1, dtype: 0, kind: 0 }),
      () => launch({ ...dequantize, outer: 2 ** 40, channels: 2 ** 40 }),
      () => launch({ ...dequantize, inner: 17 }),
      () => launch({ ...quantizeRows, bits: 4 }),
      () => launch({ ...quantizeRows, pitch: 8 }),
      () => launch(quantizeRows),
      () => launch(quantizeRows, { records: buffer, offset: 8 }),
      () => launch({ ...linear, scaleCount: 7 }),
      () => launch({ ...linear, scaleCount: 1 }),
      () => launch({ ...linear, scaleCount: 1, scales: buffer, activationBits: 8 }),
      () => launch({ ...rows, physicalRows: 0 }),
      () => launch({ ...rows, stride: 6 }),
      () => launch({ ...rows, physicalRows: 5 }),
      () => device.endCapture!(),
      () => device.allocate!.call(buffer, 1),
      () => (buffer as { free(): void }).free.call(device),
    ]) {
      expect(call, String(call)).toThrow(Error);
    }
  });

  test("refuses buffers of another device, and freed ones", () => {
    const { Device } = loadEmulator();
    const [device, other] = [new Device(0), new Device(0)];
    const buffer = device.allocate!(4) as { free(): void };
    expect(() => other.zero!(buffer)).toThrow(expect.objectContaining({ octetCode: "ERR_FOREIGN_TENSOR" }));
    buffer.free();
    buffer.free();
    expect(() => device.zero!(buffer)).toThrow(expect.objectContaining({ octetCode: "ERR_DISPOSED" }));
    device.close!();
    expect(() => device.allocate!(4)).toThrow(expect.objectContaining({ octetCode: "ERR_DISPOSED" }));
  });

  test("refuses what cannot be read as bytes", () => {
    const { Device } = loadEmulator();
    const device = new Device(0);
    const buffer = device.allocate!(16);
    const detached = new Uint8Array(16);
    structuredClone(detached.buffer, { transfer: [detached.buffer] });
    device.upload!(buffer, detached); // no bytes any more
    expect(() => device.upload!(buffer, new DataView(new ArrayBuffer(16)))).toThrow(TypeError);
    expect(() => device.upload!(buffer, new Uint8Array(17))).toThrow(/holds 16 bytes, 17 are needed/);
  });

  test("refuses handles that went through another thread", () => {
    const { Device } = loadEmulator();
    const device = new Device(0);
    const buffer = device.allocate!(4) as object;
    const copies = [structuredClone(buffer), Object.create(buffer), Object.create(Object.getPrototypeOf(buffer))];
    for (const copy of copies) expect(() => device.zero!(copy)).toThrow(Error);
    expect(() => Object.create(device).allocate(4)).toThrow(Error);
  });

  test("takes every end twice", async () => {
    const { Device } = loadEmulator();
    const device = new Device(0);
    const buffer = device.allocate!(4);
    const capture = (): { launch(): void; free(): void } => {
      device.beginCapture!();
      device.zero!(buffer);
      return device.endCapture!() as { launch(): void; free(): void };
    };
    const [graph, kept] = [capture(), capture()];
    graph.launch();
    graph.free();
    graph.free();
    expect(() => graph.launch()).toThrow(expect.objectContaining({ octetCode: "ERR_DISPOSED" }));
    const made = Object.getPrototypeOf(graph).constructor;
    expect(() => new made().launch()).toThrow(expect.objectContaining({ octetCode: "ERR_DISPOSED" }));
    const reading = device.read!(buffer) as Promise<ArrayBuffer>;
    device.close!();
    device.close!();
    expect((await reading).byteLength).toBe(4);
    expect(() => kept.launch()).toThrow(expect.objectContaining({ octetCode: "ERR_DISPOSED" }));
    expect(() => device.synchronize!()).toThrow(expect.objectContaining({ octetCode: "ERR_DISPOSED" }));
    kept.free();
  });

  test.each([
    { how: "by exit", code: "process.exit(7)", wanted: 7 },
    { how: "by an exception", code: "throw new Error('on purpose')", wanted: 1 },
    { how: "by a rejection", code: "Promise.reject(new Error('on purpose'))", wanted: 1 },
    { how: "on its own", code: "", wanted: 0 },
  ])("lets a process end $how with work on its way", ({ code, wanted }) => {
    const { status, output } = run(`
      const device = new addon.Device(0);
      const buffer = device.allocate(1 << 24);
      device.beginCapture();
      device.zero(buffer);
      const graph = device.endCapture();
      for (let i = 0; i < 8; i++) {
        graph.launch();
        device.read(buffer);
      }
      ${code}`);
    expect(status, output).toBe(wanted);
  });

  test("computes in several worker threads at once", () => {
    const relu = reluLaunch();
    const { status, output } = run(`
      const { Worker } = require("node:worker_threads");
      const code = ${"`"}
        const { workerData, parentPort } = require("node:worker_threads");
        const addon = require(${JSON.stringify(emulatorPath)});
        addon.configureEmulator(workerData, workerData % 2 === 0);
        const device = new addon.Device(0);
        const [x, y] = [device.allocate(4096), device.allocate(4096)];
        device.upload(x, Float32Array.from({ length: 1024 }, (_, i) => (i % 2 === 0 ? i : -i)));
        const record = new Uint8Array(${JSON.stringify(relu.record)});
        for (let i = 0; i < 50; i++) device.launch(${relu.number}, record, x, y);
        device.read(y).then((bytes) => {
          const values = new Float32Array(bytes);
          parentPort.postMessage(values.every((value, i) => value === (i % 2 === 0 ? i : 0)));
        });${"`"};
      const results = [0, 1, 2, 3].map((workerData) => {
        const worker = new Worker(code, { eval: true, workerData });
        return new Promise((resolve, reject) => worker.once("message", resolve).once("error", reject));
      });
      Promise.all(results).then((results) => console.log(results.join()));`);
    expect(status, output).toBe(0);
    expect(output).toContain("true,true,true,true");
  });

  test("lets worker threads end with reads on their way, again and again", () => {
    const { status, output } = run(`
      const { Worker } = require("node:worker_threads");
      const code = ${"`"}
        const addon = require(${JSON.stringify(emulatorPath)});
        const device = new addon.Device(0);
        const buffer = device.allocate(1 << 22);
        for (let i = 0; i < 8; i++) device.read(buffer);
        require("node:worker_threads").parentPort.postMessage("started");${"`"};
      (async () => {
        for (let i = 0; i < 5; i++) {
          const worker = new Worker(code, { eval: true });
          await new Promise((resolve) => worker.once("message", resolve));
          await worker.terminate();
        }
        const buffer = new addon.Device(0).allocate(8);
        console.log("still here");
      })();`);
    expect(status, output).toBe(0);
    expect(output).toContain("still here");
  });

  test("gives memory back when handles are collected", () => {
    const { status, output } = run(`
      const device = new addon.Device(0);
      (async () => {
        for (let i = 0; i < 140; i++) {
          device.allocate(1 << 25);
          if (i % 20 === 19) { gc(); await new Promise((resolve) => setImmediate(resolve)); }
        }
        console.log("fine");
      })();`);
    expect(status, output).toBe(0);
    expect(output).toContain("fine");
  });

  test("reports memory that ran out, and goes on", () => {
    const { Device } = loadEmulator();
    const device = new Device(0);
    expect(() => device.allocate!(2 ** 45)).toThrow(expect.objectContaining({ octetCode: "ERR_OUT_OF_MEMORY" }));
    device.allocate!(1024);
  });
});
