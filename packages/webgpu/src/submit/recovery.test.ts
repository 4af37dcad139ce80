import {
  activation,
  activationOp,
  dequantize,
  hostTensor,
  linear,
  OctetError,
  quantize,
  quantizeWeightPerChannel,
  type Tensor,
} from "@octet/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type FailingCall, type FaultyDevice, faultyDevice } from "../../test/support/faulty-device.ts";
import type { WebGPUBackend } from "../backend.ts";
import { createBackend } from "../create-backend.ts";
import { Device } from "../device.ts";
import { bufferUsage } from "../gpu-flags.ts";
import { openDevice } from "../open-device.ts";

let gpu: GPU;
let real: GPUDevice;
let faulty: FaultyDevice;
let backend: WebGPUBackend;
let uncaptured: string[];

beforeEach(async () => {
  ({ gpu, device: real } = await openDevice({}));
  uncaptured = [];
  real.addEventListener("uncapturederror", ({ error }) => uncaptured.push(error.message));
  faulty = faultyDevice(real);
  backend = await createBackend({ gpu, device: faulty.device });
});

afterEach(() => {
  backend.dispose();
  real.destroy();
});

const matrix = hostTensor("float32", [2, 3], Float32Array.of(0.5, -1, 0.25, 3, 0, -6));
const broken = hostTensor("float32", [2, 3], Float32Array.of(0.5, -1, Number.NaN, 3, 0, -6));
const rows = { granularity: { kind: "channel", dim: 0 } } as const;

const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => "nothing",
    (error: unknown) => (OctetError.isInstance(error) ? error.code : String(error)),
  );

/** Every kind of thing that an op has made: codes, scales, temporary buffers, findings, parameters, pipelines. */
async function run(x: Tensor<"float32">): Promise<readonly number[]> {
  const weight = quantize(x, rows);
  const y = linear(x, weight, { activations: "int8" });
  try {
    return [...((await backend.download(y)).data as Float32Array)];
  } finally {
    weight.dispose();
    y.dispose();
  }
}

describe("after memory has run out once", () => {
  const expected = [...linear(matrix, quantizeWeightPerChannel(matrix), { activations: "int8" }).data];
  const cases: readonly (readonly [call: FailingCall, label: string | undefined])[] = [
    ["createBuffer", "octet"],
    ["createBuffer", "octet params"],
    ["createBuffer", "octet findings"],
    ["createBindGroupLayout", undefined],
    ["createBindGroup", undefined],
    ["createShaderModule", undefined],
    ["createComputePipeline", undefined],
  ];

  it.each(cases)("in %s of %s, the next pass finds all that it needs", async (call, label) => {
    const x = backend.upload(matrix);
    const other = backend.upload(matrix);
    await backend.download(other);
    faulty.failNext(call, label);
    const pass = failure(run(x));
    expect(await failure(backend.download(other))).toBe("nothing");
    expect(await pass).toBe("ERR_OUT_OF_MEMORY");
    expect(faulty.pending()).toBe(0);
    while ((await failure(backend.sync())) !== "nothing");
    expect(await run(x)).toEqual(expected);
    expect(await failure(backend.sync())).toBe("nothing");
    expect(uncaptured).toEqual([]);
  });

  it("in createBindGroup, an op on the same buffers succeeds", async () => {
    const x = backend.upload(matrix);
    const relu = async () => {
      using y = activation(x, "relu");
      return [...(await backend.download(y)).data];
    };
    faulty.failNext("createBindGroup");
    expect(await failure(relu())).toBe("ERR_OUT_OF_MEMORY");
    expect(await relu()).toEqual([0.5, 0, 0.25, 3, 0, 0]);
  });

  it("for the copies of a download, the next download succeeds, and findings are not lost", async () => {
    const x = backend.upload(matrix);
    const bad = quantize(backend.upload(broken), rows);
    await Promise.resolve();
    faulty.failNext("createBuffer", "octet");
    expect(await failure(backend.download(x))).toBe("ERR_OUT_OF_MEMORY");
    expect(await failure(backend.download(x))).toBe("nothing");
    expect(await failure(backend.download(bad))).toBe("ERR_NON_FINITE");
    expect(await failure(backend.sync())).toBe("nothing");
  });

  it("for the copy of findings, a download that does not depend on them succeeds, and the next read has them", async () => {
    const x = backend.upload(matrix);
    await backend.download(x);
    const bad = quantize(backend.upload(broken), rows);
    await Promise.resolve();
    faulty.failNext("createBuffer", "octet");
    expect(await failure(backend.download(x))).toBe("nothing");
    expect(faulty.pending()).toBe(0);
    faulty.failNext("createBuffer", "octet");
    expect(await failure(backend.sync())).toBe("ERR_OUT_OF_MEMORY");
    expect(await failure(backend.download(bad))).toBe("ERR_NON_FINITE");
    expect(await failure(backend.sync())).toBe("nothing");
  });

  it("in prepare, which says so, ops compile again", async () => {
    const inputs = { x: { dtype: "float32", shape: [2, 3] } };
    const calls = [{ op: activationOp, inputs, params: { kind: "relu" } }];
    for (const call of ["createBindGroupLayout", "createShaderModule"] as const) {
      faulty.failNext(call);
      expect(await failure(backend.prepare(calls))).toBe("ERR_OUT_OF_MEMORY");
    }
    await backend.prepare(calls);
    const y = activation(backend.upload(matrix), "relu");
    expect([...((await backend.download(y)) as { data: Float32Array }).data]).toEqual([0.5, 0, 0.25, 3, 0, 0]);
    expect(uncaptured).toEqual([]);
  });
});

describe("a page of findings", () => {
  it("is not used again when the device refused to clear it", async () => {
    const good = backend.upload(matrix);
    const bad = backend.upload(broken);
    quantize(bad, rows).dispose();
    for (let i = 1; i < 1024; i++) quantize(good, rows).dispose();
    faulty.failNextClear();
    expect(await failure(backend.sync())).toBe("ERR_NON_FINITE");
    await backend.sync();
    expect(faulty.pending()).toBe(0);
    for (let i = 0; i < 2050; i++) quantize(good, rows).dispose();
    expect(await failure(backend.sync())).toBe("nothing");
  });
});

describe("the verdict on commands", () => {
  it("waits for their submission", async () => {
    const device = new Device(faulty.device, { packedDot: false, subgroups: false, software: true });
    const buffer = real.createBuffer({ size: 256, usage: bufferUsage.copyTarget });
    faulty.failNextClear();
    const verdict = device.queue.enqueue([{ kind: "clear", buffer, bytes: 256 }]);
    expect(await verdict).toMatchObject({ code: "ERR_UNSUPPORTED" });
    device.destroy();
  });
});

describe("a backend that is disposed during a read", () => {
  it.each(["download", "sync"] as const)("rejects a %s that fails, with the code for it", async (read) => {
    const weight = quantize(backend.upload(matrix), rows);
    if (read === "download") faulty.failNext("createBuffer", "octet");
    const pending = failure(read === "download" ? backend.download(weight) : backend.sync());
    backend.dispose();
    expect(await pending).toBe("ERR_DISPOSED");
  });

  it("rejects or fulfils it whenever that happens", async () => {
    for (let delay = 0; delay < 24; delay++) {
      const own = await createBackend({ gpu, device: faulty.device });
      const weight = own.upload(quantizeWeightPerChannel(matrix));
      const codes = quantize(dequantize(weight, { dtype: "float32" }), rows);
      faulty.failNext("createBuffer", "octet");
      const outcomes = Promise.all([failure(own.download(codes)), failure(own.download(weight)), failure(own.sync())]);
      for (let i = 0; i < delay; i++) await (i % 4 === 3 ? new Promise((resolve) => setTimeout(resolve)) : undefined);
      own.dispose();
      for (const outcome of await outcomes) {
        expect(["nothing", "ERR_DISPOSED", "ERR_OUT_OF_MEMORY"]).toContain(outcome);
      }
    }
  });
});
