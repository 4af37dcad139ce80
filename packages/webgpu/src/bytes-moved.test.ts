import { bytesPerElement, type FloatDType, linearGeometry } from "@octet/core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { codeLayout } from "./code-layout.ts";
import { Device } from "./device.ts";
import { activation } from "./kernels/activation.ts";
import { dequantize } from "./kernels/dequantize.ts";
import { linear } from "./kernels/linear.ts";
import { quantize } from "./kernels/quantize.ts";
import { openDevice } from "./open-device.ts";
import { Operation } from "./operation.ts";

let device: Device;
beforeAll(async () => {
  const opened = await openDevice({});
  device = new Device(opened.device, { packedDot: true, subgroups: false, software: false });
});
afterAll(() => {
  device.destroy();
  device.gpu.destroy();
});

const size = 1024;
const rows = { kind: "channel", dim: 0 } as const;

/** Bytes that the launches of an op see of buffers, each counted once for every launch, findings and parameters aside. */
function countBytes(enqueue: (operation: Operation) => void): number {
  const operation = new Operation(device);
  enqueue(operation);
  const bytes = operation.commands.map((command) => {
    if (command.kind === "clear") return command.bytes;
    const findings = operation.slot?.buffer;
    return command.ranges
      .filter(({ binding }) => binding.buffer !== findings)
      .reduce((sum, { binding }) => sum + (binding.size as number), 0);
  });
  operation.abandon();
  return bytes.reduce((sum, part) => sum + part, 0);
}

const buffer = (bytes: number) => device.pool.take(bytes);
const float = (dtype: FloatDType, count: number) => {
  const elementBytes = bytesPerElement[dtype];
  return { buffer: buffer(count * elementBytes), dtype, elementBytes };
};
const weight = () => ({ codes: buffer(size * size), scales: buffer(size * 4) });

const matrix = size * size;

// The figures of docs/webgpu.md.
test.each([
  ["quantize float32 by rows", matrix * 4 + matrix + size * 4, 1],
  ["quantize float32 per tensor", matrix * 4 + matrix + 4, 1.8],
  ["dequantize to float16", matrix + size * 4 + matrix * 2, 1],
  ["silu float16", matrix * 4, 1],
  ["linear int8, 1 row", matrix + size * 4 + size * 8, 1.01],
  ["linear int16, 1 row", matrix + size * 4 + size * 8, 1.01],
  ["linear float, 1 row of float16", matrix + size * 4 + size * 4, 1.01],
  ["linear int8, 16 rows", matrix + size * 4 + 16 * size * 8, 1.04],
])("%s moves at most the bytes that the document says", (name, least, factor) => {
  const counted = countBytes((operation) => {
    if (name === "quantize float32 by rows") quantize(operation, float("float32", matrix), [size, size], rows, 8);
    else if (name === "quantize float32 per tensor") {
      quantize(operation, float("float32", matrix), [size, size], { kind: "tensor" }, 8);
    } else if (name === "dequantize to float16") dequantize(operation, weight(), [size, size], rows, "float16");
    else if (name === "silu float16") activation(operation, float("float16", matrix), matrix, "silu");
    else {
      const activations = name.includes("int8") ? "int8" : name.includes("int16") ? "int16" : "float";
      const dtype = activations === "float" ? "float16" : "float32";
      const m = name.includes("16 rows") ? 16 : 1;
      const x = { dtype, shape: [m, size] } as const;
      const geometry = linearGeometry(x, { shape: [size, size], granularity: rows, bits: 8 }, { activations });
      const codes = { kind: "codes", layout: codeLayout([size, size]), scalesPerRow: 1, groupSize: undefined } as const;
      linear(operation, float(dtype, m * size), { ...codes, ...weight() }, undefined, geometry);
    }
  });
  expect(counted / least).toBeLessThan(factor + 0.005);
});
