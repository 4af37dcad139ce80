import {
  type AnyHandle,
  type Backend,
  dequantize,
  equalGranularities,
  equalShapes,
  formatShape,
  type HostQuantizedTensor,
  type HostTensor,
  hostTensor,
  quantize,
  type State,
} from "@octet/core";
import type { ConformanceCase, ConformanceContext } from "../case.ts";
import { checkSame, checkSameQuantized, checkSameTensor } from "../checks/compare.ts";
import { check } from "../checks/failure.ts";
import { keepTensors } from "../checks/keep-tensors.ts";
import { byteLengthOf, download, type HostData, partsOf, upload } from "../checks/operands.ts";
import { bitsTensor } from "../data/data.ts";
import { Random } from "../data/random.ts";
import { downloadIsFresh, uploadCopies } from "./handle-promises.ts";
import { plainMatrix, plainQuantization } from "./plain-data.ts";
import { promiseCase } from "./promise-case.ts";
import { sampleTensors } from "./sample-tensors.ts";

/** Whose memory is whose: the host keeps its arrays, the backend its tensors, and ops run in the order of their calls. */
export function ownershipCases(): ConformanceCase[] {
  return [
    promiseCase("ownership", "upload-copies", ["kept-upload"], uploadCopies(sampleTensors), []),
    promiseCase("ownership", "upload-of-views", [], uploadViews, []),
    promiseCase("ownership", "upload-of-float16array", ["kept-upload"], uploadFloat16Array, []),
    promiseCase("ownership", "download-is-fresh", ["live-download"], downloadIsFresh(sampleTensors), []),
    promiseCase("ownership", "shapes-never-change", ["shared-shape"], shapesNeverChange, []),
    promiseCase(
      "ownership",
      "granularities-never-change",
      ["shared-shape", "reduced-dim", "consumed-input"],
      granularitiesNeverChange,
    ),
    promiseCase("ownership", "every-bit-is-kept", [], keepEveryBit, []),
    promiseCase("ownership", "downloads-at-once", [], downloadAtOnce, []),
    promiseCase("ownership", "ops-run-in-call-order", [], runInOrder),
  ];
}

/** Arrays that begin in the middle of their buffer, as subarrays and tensors of a file do. */
async function uploadViews({ backend }: ConformanceContext): Promise<void> {
  const { buffer } = Int8Array.from({ length: 64 }, (_, index) => index + 1);
  const views: HostTensor[] = [
    hostTensor("float32", [3], new Float32Array(buffer, 4, 3)),
    hostTensor("float16", [5], new Uint16Array(buffer, 2, 5)),
    hostTensor("bfloat16", [5], new Uint16Array(buffer, 6, 5)),
    hostTensor("int8", [7], new Int8Array(buffer, 3, 7)),
    hostTensor("int32", [3], new Int32Array(buffer, 12, 3)),
  ];
  const codes: HostQuantizedTensor = {
    quantized: hostTensor("int8", [2, 3], new Int8Array(buffer, 5, 6)),
    scale: hostTensor("float32", [2], new Float32Array(buffer, 8, 2)),
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

/** Changes `target` as far as it lets: a frozen object throws in strict code, and stays as it is in sloppy code. */
function tryToChange(target: object, changes: object): void {
  for (const [name, value] of Object.entries(changes)) {
    try {
      Reflect.set(target, name, value);
    } catch {}
  }
}

/** The array that was passed, the shape of the handle, the handle's own field, the shape of a download: none reaches the tensor. */
async function shapesNeverChange({ backend }: ConformanceContext): Promise<void> {
  await keepTensors(async (keep) => {
    const neighbour = keep(backend.upload(bitsTensor("float32", [6], [1, 2, 3, 4, 5, 6])));
    for (const host of sampleTensors()) await checkFixedShape(backend, host, keep);
    checkSameTensor(await backend.download(neighbour), bitsTensor("float32", [6], [1, 2, 3, 4, 5, 6]), "a neighbour");
  });
}

/** Fails where something that a caller can reach changes the shape of a handle. */
export async function checkFixedShape(
  backend: Backend,
  host: HostData,
  keep: <Kept extends DataHandle>(handle: Kept) => Kept,
): Promise<void> {
  const wanted = structuredClone(host);
  const loose = structuredClone(host); // its shapes are arrays that can be written
  const handle = keep(upload(backend, loose)) as DataHandle;
  for (const part of partsOf(loose)) tryToChange(part.shape, { 0: 20, 1: 20, 2: 20 });
  checkSame(await download(backend, handle), wanted, "a tensor whose shape was changed by the array that upload got");
  tryToChange(handle.shape, { 0: 20, length: 7 });
  tryToChange(handle, { shape: [20, 20], dtype: "int32", bits: 2, byteLength: 400 });
  const got = await download(backend, handle);
  checkSame(got, wanted, "a tensor whose shape was assigned to");
  checkShape(handle, wanted);
  for (const part of partsOf(got)) tryToChange(part.shape, { 0: 20 });
  checkSame(await download(backend, handle), wanted, "a tensor whose download had its shape assigned to");
}

function checkShape(handle: DataHandle, host: HostData): void {
  const [{ shape }] = partsOf(host);
  check(equalShapes(handle.shape, shape), `the shape of a tensor was changed to ${formatShape(handle.shape)}`);
  const bytes = byteLengthOf(host);
  check(handle.byteLength === bytes, `the byteLength of a tensor was changed to ${handle.byteLength}`);
}

type DataHandle = Exclude<AnyHandle, State>;

async function granularitiesNeverChange({ backend }: ConformanceContext): Promise<void> {
  await keepTensors(async (keep) => {
    const x = keep(backend.upload(plainMatrix()));
    const granularity = { kind: "channel", dim: 0 } as const;
    const bits = 8;
    const wanted = await backend.download(keep(quantize(x, { granularity, bits })));
    const given = { ...granularity };
    const tensors = [
      keep(quantize(x, { granularity: given, bits })),
      keep(backend.upload({ ...wanted, granularity: given })),
    ];
    tryToChange(given, { dim: 1 });
    for (const tensor of tensors) {
      tryToChange(tensor.granularity, { kind: "tensor", dim: 1 });
      tryToChange(tensor, { granularity: { kind: "tensor" }, bits: 2 });
      const got = await backend.download(tensor);
      checkSameQuantized(got, wanted, "codes whose granularity was assigned to");
      tryToChange(got.granularity, { dim: 1 });
      checkSameQuantized(
        await backend.download(tensor),
        wanted,
        "codes whose download had its granularity assigned to",
      );
      check(
        equalGranularities(tensor.granularity, granularity) && tensor.bits === bits,
        `the granularity of a tensor was changed to ${JSON.stringify(tensor.granularity)} at ${tensor.bits} bits`,
      );
    }
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
    hostTensor("int8", [256], Int8Array.from(all.slice(0, 256))),
    hostTensor("int32", [3], Int32Array.of(2 ** 31 - 1, -(2 ** 31), -1)),
    ...[[], [1], [1, 1, 1, 1], [0], [3, 0, 2], [2, 3, 5, 7]].map((shape): HostTensor => {
      const length = shape.reduce((product, extent) => product * extent, 1);
      return hostTensor(
        "int32",
        shape,
        Int32Array.from({ length }, () => random.word()),
      );
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
      return hostTensor("int32", [index + 1], new Int32Array(index + 1).fill(index));
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
