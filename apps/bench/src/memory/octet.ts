import {
  dequantize,
  type HostQuantizedTensor,
  hostTensor,
  type QuantizedTensor,
  quantize,
  type Tensor,
} from "@octet/core";
import type { Threads } from "../arms/library.ts";
import { dequantizeBytes, type MemoryArm, quantizeBytes } from "../arms/memory-arm.ts";
import { type OctetBackend, start } from "../octet-backends.ts";
import { findDequantizeFault, findQuantizeFault } from "./find-fault.ts";
import type { MemoryProblem } from "./memory-problem.ts";

const perChannel = { granularity: { kind: "channel", dim: 0 } } as const;

/** Quantize from a tensor in the backend's memory to another there, and from the host to the host. */
export function octetQuantizeArms(octet: OctetBackend): readonly MemoryArm<Threads>[] {
  const { id, name } = octet;
  return [
    {
      id: `${id}-inside`,
      library: name,
      title: "inside the backend",
      bytesPerElement: quantizeBytes,
      async start(problem, threads) {
        const backend = await start(octet, threads);
        const x = backend.upload(toHost(problem));
        let quantized: QuantizedTensor | undefined;
        return {
          async run() {
            quantized?.dispose();
            quantized = quantize(x, perChannel);
            await backend.sync();
          },
          findFault: async () => findFaultOfCodes(problem, await backend.download(quantized!)),
          dispose: () => backend.dispose(),
        };
      },
    },
    {
      id: `${id}-host`,
      library: name,
      title: "host to host",
      bytesPerElement: quantizeBytes,
      async start(problem, threads) {
        const backend = await start(octet, threads);
        let result: HostQuantizedTensor;
        return {
          async run() {
            using x = backend.upload(toHost(problem));
            using quantized = quantize(x, perChannel);
            result = await backend.download(quantized);
          },
          findFault: async () => findFaultOfCodes(problem, result),
          dispose: () => backend.dispose(),
        };
      },
    },
  ];
}

/** Dequantize to float32, inside the backend and from the host to the host. */
export function octetDequantizeArms(octet: OctetBackend): readonly MemoryArm<Threads>[] {
  const { id, name } = octet;
  return [
    {
      id: `${id}-inside`,
      library: name,
      title: "inside the backend",
      bytesPerElement: dequantizeBytes,
      async start(problem, threads) {
        const backend = await start(octet, threads);
        const quantized = backend.upload(problem.quantized);
        let values: Tensor | undefined;
        return {
          async run() {
            values?.dispose();
            values = dequantize(quantized, { dtype: "float32" });
            await backend.sync();
          },
          async findFault() {
            const { data } = await backend.download(values!);
            return findDequantizeFault(problem, data as Float32Array);
          },
          dispose: () => backend.dispose(),
        };
      },
    },
    {
      id: `${id}-host`,
      library: name,
      title: "host to host",
      bytesPerElement: dequantizeBytes,
      async start(problem, threads) {
        const backend = await start(octet, threads);
        let result: Float32Array;
        return {
          async run() {
            using quantized = backend.upload(problem.quantized);
            using values = dequantize(quantized, { dtype: "float32" });
            result = (await backend.download(values)).data as Float32Array;
          },
          findFault: async () => findDequantizeFault(problem, result),
          dispose: () => backend.dispose(),
        };
      },
    },
  ];
}

const toHost = ({ outFeatures, inFeatures, original }: MemoryProblem) =>
  hostTensor("float32", [outFeatures, inFeatures], original);

const findFaultOfCodes = (problem: MemoryProblem, { quantized, scale }: HostQuantizedTensor): string | undefined =>
  findQuantizeFault(problem, quantized.data, scale.data);
