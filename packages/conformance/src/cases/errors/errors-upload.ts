import type { OctetErrorCode, QuantizedTensorLike } from "@octet/core";
import type { ConformanceCase, ConformanceContext } from "../../case.ts";
import { checkThrows } from "../../checks/expect-error.ts";
import { checkMemory } from "../../checks/memory.ts";
import { type HostOperand, upload } from "../../checks/operands.ts";
import { promiseCase } from "../promise-case.ts";

type BadHost = readonly [what: string, code: OctetErrorCode, host: unknown];

/** Host tensors whose parts do not fit, and codes and scales that no quantizer of the contract makes. */
export function uploadErrorCases(): ConformanceCase[] {
  return [
    promiseCase("errors", "upload-of-bad-tensors", [], (context) => checkBadHosts(context, badTensors), []),
    promiseCase("errors", "upload-of-bad-codes", [], (context) => checkBadHosts(context, badCodes()), []),
  ];
}

async function checkBadHosts({ backend }: ConformanceContext, hosts: readonly BadHost[]): Promise<void> {
  const before = backend.memory();
  for (const [what, code, host] of hosts) {
    checkThrows(code, () => upload(backend, host as HostOperand), `upload of ${what}`);
    checkMemory(backend, before, []);
  }
}

const badTensors: readonly BadHost[] = [
  ["an unknown dtype", "ERR_DTYPE", { dtype: "float64", shape: [2], data: new Float64Array(2) }],
  ["float32 in a Uint16Array", "ERR_DTYPE", { dtype: "float32", shape: [2], data: new Uint16Array(2) }],
  ["bfloat16 in a Float32Array", "ERR_DTYPE", { dtype: "bfloat16", shape: [2], data: new Float32Array(2) }],
  ["int8 in a Uint8Array", "ERR_DTYPE", { dtype: "int8", shape: [2], data: new Uint8Array(2) }],
  ["a plain array", "ERR_DTYPE", { dtype: "float32", shape: [2], data: [1, 2] }],
  ["5 elements as [2, 3]", "ERR_SHAPE", { dtype: "float32", shape: [2, 3], data: new Float32Array(5) }],
  ["2 elements as []", "ERR_SHAPE", { dtype: "float32", shape: [], data: new Float32Array(2) }],
  ["a negative extent", "ERR_SHAPE", { dtype: "float32", shape: [-1, -2], data: new Float32Array(2) }],
  ["half an extent", "ERR_SHAPE", { dtype: "float32", shape: [0.5, 4], data: new Float32Array(2) }],
];

function badCodes(): BadHost[] {
  const good: QuantizedTensorLike = {
    quantized: { dtype: "int8", shape: [2, 3], data: Int8Array.of(1, 2, 3, -8, 7, 0) },
    scale: { dtype: "float32", shape: [2], data: Float32Array.of(1, 2) },
    granularity: { kind: "channel", dim: 0 },
    bits: 4,
  };
  const scales = (...values: number[]) => ({ ...good, scale: { ...good.scale, data: Float32Array.from(values) } });
  const scaleShape = (shape: readonly number[]) => {
    return {
      ...good,
      scale: {
        dtype: "float32",
        shape,
        data: new Float32Array(6).fill(1).subarray(
          0,
          shape.reduce((a, b) => a * b, 1),
        ),
      },
    };
  };
  return [
    ...[0, -0, -1, Number.NaN, Number.POSITIVE_INFINITY].map(
      (scale): BadHost => [`a scale of ${scale}`, "ERR_FORMAT", scales(1, scale)],
    ),
    ["3 scales for 2 rows", "ERR_FORMAT", scaleShape([3])],
    ["scales [2, 1] for rows", "ERR_FORMAT", scaleShape([2, 1])],
    ["one scale [1] for a tensor", "ERR_FORMAT", { ...scaleShape([1]), granularity: { kind: "tensor" } }],
    [
      "code 8 at 4 bits",
      "ERR_FORMAT",
      { ...good, quantized: { ...good.quantized, data: Int8Array.of(0, 0, 0, 0, 8, 0) } },
    ],
    [
      "code -9 at 4 bits",
      "ERR_FORMAT",
      { ...good, quantized: { ...good.quantized, data: Int8Array.of(0, -9, 0, 0, 0, 0) } },
    ],
    [
      "codes in int32",
      "ERR_FORMAT",
      { ...good, quantized: { dtype: "int32", shape: [2, 3], data: new Int32Array(6) } },
    ],
    [
      "scales in float16",
      "ERR_FORMAT",
      { ...good, scale: { dtype: "float16", shape: [2], data: new Uint16Array(2).fill(15360) } },
    ],
    ["codes of 9 bits", "ERR_UNSUPPORTED", { ...good, bits: 9 }],
    ["scales on dim 2 of [2, 3]", "ERR_SHAPE", { ...good, granularity: { kind: "channel", dim: 2 } }],
    ["groups of 2 in [2, 3]", "ERR_SHAPE", { ...good, granularity: { kind: "group", size: 2 } }],
  ];
}
