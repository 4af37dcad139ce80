import {
  activationOp,
  dequantizeOp,
  type FloatDType,
  type LinearActivations,
  linearOp,
  type OpCall,
  quantizeOp,
} from "@octet/core";
import { expect, test } from "vitest";
import type { Command } from "../submit/command.ts";
import { commandsOf } from "./commands-of.ts";

const device = { features: { packedDot: true, subgroups: false, software: false }, maxRangeBytes: 2 ** 27 };

/** Bytes that a command sees of buffers, each counted once for every command, findings and parameters aside. */
function bytesOf(command: Command): number {
  if (command.kind !== "dispatch") return command.kind === "clear" ? command.bytes : 0;
  const sizes = command.ranges.map(({ binding }) => binding.size as number);
  // Pages of findings are bound whole, and memory that does not exist has no end.
  return sizes.filter((size) => size < 2 ** 40).reduce((sum, size) => sum + size, 0);
}

const size = 1024;
const matrix = size * size;
const rows = { kind: "channel", dim: 0 } as const;
const floats = (dtype: FloatDType, m = size) => ({ dtype, shape: [m, size] });
const weight = { shape: [size, size], granularity: rows, bits: 8 };
const linear = (m: number, dtype: FloatDType, activations: LinearActivations) => ({
  op: linearOp,
  inputs: { x: floats(dtype, m), weight },
  params: { activations },
});
const quantize = (granularity: object) => ({
  op: quantizeOp,
  inputs: { x: floats("float32") },
  params: { granularity },
});

// The figures of docs/webgpu.md.
test.each<readonly [name: string, call: OpCall, least: number, factor: number]>([
  ["quantize float32 by rows", quantize(rows), matrix * 4 + matrix + size * 4, 1],
  ["quantize float32 per tensor", quantize({ kind: "tensor" }), matrix * 4 + matrix + 4, 1.8],
  [
    "dequantize to float16",
    { op: dequantizeOp, inputs: { tensor: weight }, params: { dtype: "float16" } },
    matrix + size * 4 + matrix * 2,
    1,
  ],
  ["silu float16", { op: activationOp, inputs: { x: floats("float16") }, params: { kind: "silu" } }, matrix * 4, 1],
  ["linear int8, 1 row", linear(1, "float32", "int8"), matrix + size * 4 + size * 8, 1.01],
  ["linear int16, 1 row", linear(1, "float32", "int16"), matrix + size * 4 + size * 8, 1.01],
  ["linear float, 1 row of float16", linear(1, "float16", "float"), matrix + size * 4 + size * 4, 1.01],
  ["linear int8, 16 rows", linear(16, "float32", "int8"), matrix + size * 4 + 16 * size * 8, 1.04],
])("%s moves at most the bytes that the document says", (_name, call, least, factor) => {
  const counted = commandsOf(call, device).reduce((sum, command) => sum + bytesOf(command), 0);
  expect(counted).toBeGreaterThanOrEqual(least);
  expect(counted / least).toBeLessThan(factor + 0.005);
});
