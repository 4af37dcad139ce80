import { activation, hostTensor, linear, OctetError, quantize, type Tensor } from "@octet/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { WebGPUBackend } from "../backend.ts";
import { createBackend } from "../create-backend.ts";
import type { DeviceInternals } from "../device.ts";
import { openDevice } from "../open-device.ts";

let gpu: GPU;
let device: GPUDevice;
let backend: WebGPUBackend;
let submissions: number;

beforeEach(async () => {
  ({ gpu, device } = await openDevice({}));
  const submit = device.queue.submit.bind(device.queue);
  device.queue.submit = (buffers) => {
    submissions++;
    submit(buffers);
  };
  backend = await start();
});

afterEach(() => {
  backend.dispose();
  device.destroy();
});

const start = (internals: DeviceInternals = {}) => createBackend({ gpu, device }, internals);

const vector = (...values: readonly number[]) => hostTensor("float32", [1, values.length], Float32Array.from(values));
const rows = { granularity: { kind: "channel", dim: 0 } } as const;

const valuesOf = async (tensor: Tensor) => [...((await backend.download(tensor)).data as Float32Array)];

const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => "nothing",
    (error: unknown) => (OctetError.isInstance(error) ? `${error.code}: ${error.message}` : String(error)),
  );

/** Runs an op often enough that its pipeline and its buffers are known to be sound, then counts from zero. */
async function warmUp(x: Tensor<"float32">): Promise<void> {
  const warm = Array.from({ length: 128 }, () => activation(x, "relu"));
  for (const tensor of warm) tensor.dispose();
  await backend.sync();
  submissions = 0;
}

describe("ops are submitted together", () => {
  it("when the running piece of code ends, without a read", async () => {
    const x = backend.upload(vector(1, -2));
    await warmUp(x);
    for (let i = 0; i < 10; i++) activation(x, "relu").dispose();
    expect(submissions).toBe(0);
    await Promise.resolve();
    expect(submissions).toBe(1);
  });

  it("earlier when there are many, so that the GPU need not wait", async () => {
    const x = backend.upload(vector(1, -2));
    await warmUp(x);
    for (let i = 0; i < 100; i++) activation(x, "relu").dispose();
    expect(submissions).toBe(3);
  });

  it("before a read, in call order", async () => {
    const x = backend.upload(vector(1, -2));
    await warmUp(x);
    const y = activation(x, "relu");
    const bytes = valuesOf(y);
    expect(submissions).toBe(2);
    expect(await bytes).toEqual([1, 0]);
  });

  it("before an upload takes the buffer of a tensor that they read", async () => {
    const x = backend.upload(vector(3, -4));
    await warmUp(x);
    const y = activation(x, "relu");
    x.dispose();
    const next = backend.upload(vector(5, 6));
    expect(await valuesOf(y)).toEqual([3, 0]);
    expect(await valuesOf(next)).toEqual([5, 6]);
  });

  it("before a buffer that they use is destroyed", async () => {
    const x = backend.upload(vector(7, -8));
    await warmUp(x);
    const large = Array.from({ length: 5 }, () =>
      backend.upload(hostTensor("float32", [2 ** 24], new Float32Array(2 ** 24))),
    );
    const y = activation(x, "relu");
    for (const tensor of large) {
      activation(tensor, "relu").dispose();
      tensor.dispose();
    }
    expect(await valuesOf(y)).toEqual([7, 0]);
    await backend.sync();
  });
});

describe("what fails fails alone", () => {
  it("an op whose shader the device refuses, which the message names", async () => {
    backend.dispose();
    backend = await start({ rewrite: ({ name, source }) => (name.startsWith("silu") ? "nonsense" : source) });
    const x = backend.upload(vector(1, -2));
    const before = activation(x, "relu");
    const broken = activation(x, "silu");
    const after = activation(x, "relu");
    expect(await valuesOf(before)).toEqual([1, 0]);
    expect(await valuesOf(after)).toEqual([1, 0]);
    expect(await failure(backend.download(broken))).toMatch(/^ERR_UNSUPPORTED: .*silu float32/);
    expect(await failure(backend.sync())).toBe("nothing");
  });

  it("an op for whose result the device has no memory, of a gibibyte", async () => {
    const size = 2 ** 14;
    const x = backend.upload(hostTensor("float32", [size, 1], new Float32Array(size).fill(1)));
    const weight = quantize(x, rows);
    const bad = backend.upload(vector(1, Number.NaN));
    const small = backend.upload(vector(1, -2));
    const before = activation(small, "relu");
    const nonFinite = quantize(bad, rows);
    const huge = linear(x, weight, { activations: "int8" });
    const after = activation(small, "relu");
    expect(huge.byteLength).toBe(2 ** 30);
    expect(await failure(backend.download(huge))).toMatch(/^ERR_OUT_OF_MEMORY: .* 1073741824 bytes/);
    expect(await valuesOf(before)).toEqual([1, 0]);
    expect(await valuesOf(after)).toEqual([1, 0]);
    // A read that failed takes nothing away from the findings of other ops.
    expect(await failure(backend.download(nonFinite))).toMatch(/^ERR_NON_FINITE/);
    huge.dispose();
    expect(await failure(backend.sync())).toBe("nothing");
    expect(await valuesOf(activation(small, "relu"))).toEqual([1, 0]);
  });

  it("a submission that the device throws out, with all the ops in it", async () => {
    const x = backend.upload(vector(1, -2));
    await warmUp(x);
    const { submit } = device.queue;
    device.queue.submit = () => {
      throw new TypeError("out of order");
    };
    const y = activation(x, "relu");
    await Promise.resolve();
    device.queue.submit = submit;
    expect(await failure(backend.download(y))).toMatch(/^ERR_UNSUPPORTED: .*"relu float32".*out of order/);
    expect(await valuesOf(activation(x, "relu"))).toEqual([1, 0]);
  });
});

describe("beside an application", () => {
  it("leaves its error scopes alone", async () => {
    const x = backend.upload(vector(1, -2));
    device.pushErrorScope("validation");
    const y = activation(x, "relu");
    await Promise.resolve();
    device.createBuffer({ size: 4, usage: 0 });
    activation(y, "silu").dispose();
    expect(await device.popErrorScope()).toMatchObject({ message: expect.stringContaining("sage") });
    expect(await valuesOf(y)).toEqual([1, 0]);
    await backend.sync();
  });
});

describe("findings", () => {
  it("of ops long ago are not taken for those of later ones", async () => {
    const good = backend.upload(vector(1, -2));
    const bad = backend.upload(vector(1, Number.NaN));
    const check = (x: Tensor<"float32">) => quantize(x, rows).dispose();
    for (let i = 0; i < 7; i++) check(good);
    check(bad);
    // A page of findings holds 1024; it is used again when all of them are known.
    for (let i = 8; i < 1030; i++) check(good);
    expect(await failure(backend.sync())).toMatch(/^ERR_NON_FINITE/);
    for (let i = 0; i < 2060; i++) check(good);
    expect(await failure(backend.sync())).toBe("nothing");
    check(bad);
    expect(await failure(backend.sync())).toMatch(/^ERR_NON_FINITE: 1 .*element 1 /);
  });
});
