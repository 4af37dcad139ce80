import { dequantize, type HostQuantizedTensor, type HostTensor, quantize } from "@octet/core";
import type { ConformanceCase, ConformanceContext } from "../case.ts";
import { checkSame } from "../check-op.ts";
import { checkSameTensor } from "../compare.ts";
import { bitsTensor } from "../data.ts";
import { check } from "../failure.ts";
import { keepTensors } from "../keep-tensors.ts";
import { download, type HostOperand, upload } from "../operands.ts";
import { Random } from "../random.ts";
import { plainMatrix, plainQuantization } from "./plain-data.ts";
import { promiseCase } from "./promise-case.ts";
import { sampleTensors } from "./sample-tensors.ts";

/** Whose memory is whose: the host keeps its arrays, the backend its tensors, and ops run in the order of their calls. */
export function ownershipCases(): ConformanceCase[] {
  return [
    promiseCase("ownership", "upload-copies", ["kept-upload"], uploadCopies, []),
    promiseCase("ownership", "upload-of-views", [], uploadViews, []),
    promiseCase("ownership", "upload-of-float16array", ["kept-upload"], uploadFloat16Array, []),
    promiseCase("ownership", "download-is-fresh", ["live-download"], downloadIsFresh, []),
    promiseCase("ownership", "shapes-are-copies", ["live-download"], shapesAreCopies, []),
    promiseCase("ownership", "every-bit-is-kept", [], keepEveryBit, []),
    promiseCase("ownership", "downloads-at-once", [], downloadAtOnce, []),
    promiseCase("ownership", "ops-run-in-call-order", [], runInOrder),
  ];
}

/** Copies of the arrays of a host tensor, to compare with after the original was changed. */
function copyOf<Host extends HostOperand>(host: Host): Host {
  return structuredClone(host);
}

function scramble(host: HostOperand): void {
  for (const { data } of "quantized" in host ? [host.quantized, host.scale] : [host]) data.fill(85);
}

async function uploadCopies({ backend }: ConformanceContext): Promise<void> {
  await keepTensors(async (keep) => {
    for (const host of sampleTensors()) {
      const wanted = copyOf(host);
      const tensor = keep(upload(backend, host));
      scramble(host);
      checkSame(await download(backend, tensor), wanted, "a tensor whose host array was changed after upload");
    }
  });
}

/** Arrays that begin in the middle of their buffer, as subarrays and tensors of a file do. */
async function uploadViews({ backend }: ConformanceContext): Promise<void> {
  const { buffer } = Int8Array.from({ length: 64 }, (_, index) => index + 1);
  const views: HostTensor[] = [
    { dtype: "float32", shape: [3], data: new Float32Array(buffer, 4, 3) },
    { dtype: "float16", shape: [5], data: new Uint16Array(buffer, 2, 5) },
    { dtype: "bfloat16", shape: [5], data: new Uint16Array(buffer, 6, 5) },
    { dtype: "int8", shape: [7], data: new Int8Array(buffer, 3, 7) },
    { dtype: "int32", shape: [3], data: new Int32Array(buffer, 12, 3) },
  ];
  const codes: HostQuantizedTensor = {
    quantized: { dtype: "int8", shape: [2, 3], data: new Int8Array(buffer, 5, 6) },
    scale: { dtype: "float32", shape: [2], data: new Float32Array(buffer, 8, 2) },
    granularity: { kind: "channel", dim: 0 },
    bits: 8,
  };
  await keepTensors(async (keep) => {
    for (const host of [...views, codes]) {
      checkSame(await download(backend, keep(upload(backend, host))), host, "a tensor uploaded from a view");
    }
  });
}

/** The native array of float16, where the runtime has it. */
async function uploadFloat16Array({ backend }: ConformanceContext): Promise<void> {
  if (typeof Float16Array === "undefined") return;
  await keepTensors(async (keep) => {
    const data = Float16Array.of(99, 1.5, -65504, 2 ** -24).subarray(1);
    const tensor = keep(backend.upload({ dtype: "float16", shape: [3], data }));
    data.fill(0);
    checkSameTensor(
      await backend.download(tensor),
      bitsTensor("float16", [3], [0x3e00, 0xfbff, 0x0001]),
      "a Float16Array",
    );
  });
}

async function downloadIsFresh({ backend }: ConformanceContext): Promise<void> {
  await keepTensors(async (keep) => {
    for (const host of sampleTensors()) {
      const tensor = keep(upload(backend, host));
      const first = await download(backend, tensor);
      scramble(first);
      checkSame(await download(backend, tensor), host, "a tensor whose first download was changed");
    }
  });
}

async function shapesAreCopies({ backend }: ConformanceContext): Promise<void> {
  await keepTensors(async (keep) => {
    const shape = [2, 3];
    const tensor = keep(backend.upload({ dtype: "int8", shape, data: new Int8Array(6) }));
    shape[0] = 9;
    check(tensor.shape[0] === 2, "the shape of a tensor changed with the array that was passed to upload");
    const first = await backend.download(tensor);
    (first.shape as number[])[0] = 9;
    check(tensor.shape[0] === 2, "the shape of a tensor changed with the shape of its download");
    check(
      (await backend.download(tensor)).shape[0] === 2,
      "the shape of a download changed with that of an earlier one",
    );
  });
}

/** NaN payloads, both zeros, subnormals: upload and download move bits, not numbers. */
async function keepEveryBit({ backend }: ConformanceContext): Promise<void> {
  const random = new Random(2);
  const all = Array.from({ length: 65536 }, (_, bits) => bits);
  const words = [0, 0x80000000, 1, 0x807fffff, 0x7f800000, 0xff800000, 0x7f800001, 0x7fc00000, 0xffffffff, 0x7fa5a5a5];
  const hosts: HostTensor[] = [
    bitsTensor("float16", [256, 256], all),
    bitsTensor("bfloat16", [65536], all),
    bitsTensor("float32", [1010], [...words, ...Array.from({ length: 1000 }, () => random.word())]),
    { dtype: "int8", shape: [256], data: Int8Array.from(all.slice(0, 256)) },
    { dtype: "int32", shape: [3], data: Int32Array.of(2 ** 31 - 1, -(2 ** 31), -1) },
    ...[[], [1], [1, 1, 1, 1], [0], [3, 0, 2], [2, 3, 5, 7]].map((shape): HostTensor => {
      const length = shape.reduce((product, extent) => product * extent, 1);
      return { dtype: "int32", shape, data: Int32Array.from({ length }, () => random.word()) };
    }),
  ];
  await keepTensors(async (keep) => {
    for (const host of hosts) {
      const tensor = keep(backend.upload(host));
      check(
        tensor.byteLength === host.data.byteLength,
        `byteLength is ${tensor.byteLength}, wanted ${host.data.byteLength}`,
      );
      checkSameTensor(await backend.download(tensor), host, "a tensor there and back");
    }
  });
}

async function downloadAtOnce({ backend }: ConformanceContext): Promise<void> {
  await keepTensors(async (keep) => {
    const hosts = Array.from({ length: 20 }, (_, index): HostTensor => {
      return { dtype: "int32", shape: [index + 1], data: new Int32Array(index + 1).fill(index) };
    });
    const tensors = hosts.map((host) => keep(backend.upload(host)));
    const downloads = await Promise.all([...tensors].reverse().map((tensor) => backend.download(tensor)));
    downloads.reverse().forEach((got, index) => {
      checkSameTensor(got, hosts[index], `download ${index} of 20 at once`);
    });
  });
}

/** Six ops in a chain, each on the result of the one before, with nothing awaited and every input disposed at once. */
async function runInOrder({ backend }: ConformanceContext): Promise<void> {
  await keepTensors(async (keep) => {
    let floats = keep(backend.upload(plainMatrix()));
    for (let round = 0; round < 3; round++) {
      const quantized = keep(quantize(floats, plainQuantization));
      floats.dispose();
      floats = keep(dequantize(quantized, { dtype: "float32" })) as typeof floats;
      quantized.dispose();
    }
    checkSameTensor(await backend.download(floats), plainMatrix(), "the end of a chain of ops");
  });
}
