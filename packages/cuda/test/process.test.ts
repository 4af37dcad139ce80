import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { emulatorMissing, emulatorPath, loadEmulator } from "./emulator.ts";

/** Runs a script with `addon` in scope and returns how the process ended. */
function run(script: string): { readonly status: number | null; readonly output: string } {
  const code = `const addon = require(${JSON.stringify(emulatorPath)});\n${script}`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--expose-gc", "-e", code], { encoding: "utf8" });
  return { status, output: stdout + stderr };
}

describe.skipIf(emulatorMissing)("the addon", () => {
  test("answers wrong calls with errors", () => {
    const { Device } = loadEmulator();
    const device = new Device(0);
    const buffer = device.allocate!(16);
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
      () => device.quantize!(),
      () => device.quantize!({ x: buffer, dtype: 0, outer: 1, channels: 1, inner: 5 }),
      () => device.quantize!({ x: buffer, dtype: 9, outer: 1, channels: 1, inner: 4 }),
      () => device.quantize!({ x: buffer, dtype: 0, outer: 2 ** 40, channels: 2 ** 40, inner: 4 }),
      () => device.dequantize!({ outer: 1.5 }),
      () => device.activation!({ size: -1 }),
      () => device.linear!({ m: 1, n: 1, k: 4, x: buffer, xDType: 0, weight: buffer, weightDType: 3, scaleCount: 7 }),
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

  test("lets a process end with reads on their way", () => {
    const { status, output } = run(`
      const device = new addon.Device(0);
      const buffer = device.allocate(1 << 24);
      for (let i = 0; i < 8; i++) device.read(buffer);
      process.exit(7);`);
    expect(status, output).toBe(7);
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
