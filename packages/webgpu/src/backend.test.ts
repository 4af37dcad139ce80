import {
  activation,
  dequantize,
  hostTensor,
  linear,
  linearOp,
  OctetError,
  type QuantizedTensor,
  quantize,
  quantizeOp,
  quantizeWeightPerChannel,
  type Tensor,
} from "@octet/core";
import { afterEach, describe, expect, it } from "vitest";
import type { WebGPUBackend } from "./backend.ts";
import { createBackend } from "./create-backend.ts";
import { bufferUsage } from "./gpu-flags.ts";
import { openDevice } from "./open-device.ts";
import type { WebGPUBackendOptions } from "./options.ts";

const started: WebGPUBackend[] = [];

async function start(options: WebGPUBackendOptions = {}): Promise<WebGPUBackend> {
  const backend = await createBackend(options);
  started.push(backend);
  return backend;
}

afterEach(() => {
  for (const backend of started.splice(0)) backend.dispose();
});

const matrix = hostTensor("float32", [2, 3], Float32Array.of(0.5, -1, 0.25, 3, 0, -6));
const broken = hostTensor("float32", [2, 3], Float32Array.of(0.5, -1, Number.NaN, 3, 0, Number.NEGATIVE_INFINITY));
const rows = { granularity: { kind: "channel", dim: 0 } } as const;

const code = (promise: Promise<unknown>) =>
  promise.then(
    () => "nothing",
    (error: unknown) => (OctetError.isInstance(error) ? error.code : String(error)),
  );

describe("elements that are not finite", () => {
  it("reach the download of everything that depends on them, and sync, once", async () => {
    const backend = await start();
    const good = backend.upload(matrix);
    const weight = quantize(backend.upload(broken), rows);
    const y = activation(linear(good, weight), "relu");
    const fine = quantize(good, rows);
    await expect(backend.download(y)).rejects.toMatchObject({
      code: "ERR_NON_FINITE",
      message: expect.stringMatching(/2 elements.*element 2 /),
    });
    expect(await code(backend.download(weight))).toBe("ERR_NON_FINITE");
    expect(await code(backend.download(fine))).toBe("nothing");
    expect(await code(backend.sync())).toBe("nothing");
  });

  it("reach sync when no download reported them, in the order of the ops", async () => {
    const backend = await start();
    const x = backend.upload(broken);
    quantize(x, rows).dispose();
    const weight = backend.upload(quantizeWeightPerChannel(matrix));
    const y = linear(x, weight, { activations: "int8" });
    y.dispose();
    await expect(backend.sync()).rejects.toThrow("element 2 ");
    expect(await code(backend.sync())).toBe("ERR_NON_FINITE");
    expect(await code(backend.sync())).toBe("nothing");
  });

  it("are found by reads that overlap", async () => {
    const backend = await start();
    const weight = quantize(backend.upload(broken), rows);
    const early = code(backend.download(weight));
    const y = dequantize(weight);
    expect(await Promise.all([early, code(backend.download(y)), code(backend.download(weight))])).toEqual(
      Array(3).fill("ERR_NON_FINITE"),
    );
  });
});

describe("the shape of a tensor", () => {
  it("cannot be changed", async () => {
    const backend = await start();
    const x = backend.upload(matrix);
    const weight = quantize(x, rows);
    for (const { shape } of [x, weight]) expect(Reflect.set(shape, 0, 20)).toBe(false);
    expect((await backend.download(x)).shape).toEqual([2, 3]);
    expect((await backend.download(weight)).quantized.shape).toEqual([2, 3]);
  });
});

describe("a lost device", () => {
  it("is reported by reads and ops; disposing works, and so does a new backend", async () => {
    const { gpu, device } = await openDevice({});
    const backend = await start({ gpu, device });
    const x = backend.upload(matrix);
    const pending = code(backend.download(activation(x, "silu")));
    device.destroy();
    expect(["nothing", "ERR_DEVICE_LOST"]).toContain(await pending);
    await device.lost;
    expect(await code(backend.download(x))).toBe("ERR_DEVICE_LOST");
    expect(await code(backend.sync())).toBe("ERR_DEVICE_LOST");
    expect(() => backend.upload(matrix)).toThrow(expect.objectContaining({ code: "ERR_DEVICE_LOST" }));
    expect(() => activation(x, "relu")).toThrow(expect.objectContaining({ code: "ERR_DEVICE_LOST" }));
    x.dispose();
    backend.dispose();
    expect(backend.memory()).toEqual({ tensors: 0, bytes: 0 });
    const next = await start();
    expect(await code(next.download(next.upload(matrix)))).toBe("nothing");
  });
});

describe("memory that runs out", () => {
  /** The device, with the next error scope for memory answering that there is none left. */
  function exhausted(device: GPUDevice): { device: GPUDevice; exhaust: () => void } {
    let armed = false;
    const filters: string[] = [];
    const proxy = new Proxy(device, {
      get(target, property) {
        if (property === "pushErrorScope") {
          return (filter: GPUErrorFilter) => {
            filters.push(filter);
            target.pushErrorScope(filter);
          };
        }
        if (property === "popErrorScope") {
          return async () => {
            const fails = filters.pop() === "out-of-memory" && armed;
            if (fails) armed = false;
            const error = await target.popErrorScope();
            return fails ? ({ message: "no memory" } as GPUOutOfMemoryError) : error;
          };
        }
        const value = Reflect.get(target, property, target) as unknown;
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
    return {
      device: proxy,
      exhaust: () => {
        armed = true;
      },
    };
  }

  it("reaches downloads and sync of what depends on it, and nothing else", async () => {
    const { gpu, device: real } = await openDevice({});
    const { device, exhaust } = exhausted(real);
    const backend = await start({ gpu, device });
    const x = backend.upload(matrix);
    exhaust();
    const weight = quantize(x, rows);
    const y = dequantize(weight);
    expect(await code(backend.download(y))).toBe("ERR_OUT_OF_MEMORY");
    expect(await code(backend.download(x))).toBe("nothing");
    exhaust();
    activation(x, "relu").dispose();
    expect(await code(backend.sync())).toBe("ERR_OUT_OF_MEMORY");
    expect(await code(backend.sync())).toBe("nothing");
    real.destroy();
  });

  it("is refused at the call where the size alone says so", async () => {
    const backend = await start();
    const shape = [Math.floor(backend.info.maxTensorBytes / 16) + 1, 1];
    const weight = backend.upload(hostTensor("float32", [3, 1], Float32Array.of(1, 2, 3)));
    expect(() =>
      backend.upload({
        quantized: hostTensor("int8", shape, new Int8Array(shape[0])),
        scale: hostTensor("float32", [], Float32Array.of(1)),
        granularity: { kind: "tensor" },
        bits: 8,
      }),
    ).toThrow(expect.objectContaining({ code: "ERR_OUT_OF_MEMORY" }));
    weight.dispose();
  });
});

describe("a device of the application", () => {
  it("is shared: buffers are its own, its errors stay its own, and it survives the backend", async () => {
    const { gpu, device } = await openDevice({});
    const errors: string[] = [];
    device.addEventListener("uncapturederror", ({ error }) => errors.push(error.message));
    const backend = await start({ gpu, device });
    device.createBuffer({ size: 4, usage: 0 });
    const y = activation(backend.upload(matrix), "relu");
    expect([...((await backend.download(y)) as { data: Float32Array }).data]).toEqual([0.5, 0, 0.25, 3, 0, 0]);
    await backend.sync();
    expect(errors).toHaveLength(1);
    backend.dispose();
    const buffer = device.createBuffer({ size: 16, usage: bufferUsage.copyTarget });
    await device.queue.onSubmittedWorkDone();
    buffer.destroy();
    device.destroy();
  });

  it("works with the limits that every device has", async () => {
    const { gpu } = await openDevice({});
    const adapter = (await gpu.requestAdapter()) as GPUAdapter;
    const backend = await start({ gpu, device: await adapter.requestDevice() });
    expect(backend.info.maxTensorBytes).toBe(2 ** 28);
    expect(backend.info.features).not.toContain("subgroups");
    expect(await code(backend.download(quantize(backend.upload(matrix), rows)))).toBe("nothing");
  });
});

describe("resources", () => {
  it("leaves nothing behind after 10,000 ops", { timeout: 120_000 }, async () => {
    const { gpu, device } = await openDevice({});
    const created = { buffers: 0, bindGroups: 0 };
    const createBuffer = device.createBuffer.bind(device);
    device.createBuffer = (descriptor) => {
      created.buffers++;
      return createBuffer(descriptor);
    };
    const createBindGroup = device.createBindGroup.bind(device);
    device.createBindGroup = (descriptor) => {
      created.bindGroups++;
      return createBindGroup(descriptor);
    };
    const backend = await start({ gpu, device });
    const x = backend.upload(matrix);
    const before = backend.memory();
    for (let i = 0; i < 10_000; i++) {
      const y: Tensor | QuantizedTensor = i % 4 === 0 ? quantize(x, rows) : activation(x, "relu");
      y.dispose();
      if (i % 1000 === 999) await backend.sync();
    }
    expect(backend.memory()).toEqual(before);
    // Copies for reading, pages of findings, parameters: not one for an op.
    expect(created.buffers).toBeLessThan(20);
    expect(created.bindGroups).toBeLessThan(20);
    device.destroy();
  });

  it("compiles a shader once, and none that prepare has compiled", async () => {
    const { gpu, device } = await openDevice({});
    let compiled = 0;
    for (const name of ["createComputePipeline", "createComputePipelineAsync"] as const) {
      const compile = device[name].bind(device) as (descriptor: GPUComputePipelineDescriptor) => never;
      device[name] = (descriptor: GPUComputePipelineDescriptor) => {
        compiled++;
        return compile(descriptor);
      };
    }
    const backend = await start({ gpu, device });
    const form = { dtype: "float32", shape: [2, 3] } as const;
    const weight = { shape: [2, 3], ...rows, bits: 8 };
    await backend.prepare([
      { op: quantizeOp, inputs: { x: form }, params: rows },
      { op: linearOp, inputs: { x: form, weight }, params: { activations: "int8" } },
    ]);
    const prepared = compiled;
    expect(prepared).toBe(3);
    const x = backend.upload(matrix);
    for (let i = 0; i < 3; i++) linear(x, quantize(x, rows), { activations: "int8" }).dispose();
    await backend.sync();
    expect(compiled).toBe(prepared);
    device.destroy();
  });

  it("rejects what is pending when it is disposed", async () => {
    const backend = await start();
    const pending = code(backend.download(backend.upload(matrix)));
    backend.dispose();
    expect(["nothing", "ERR_DISPOSED"]).toContain(await pending);
    expect(await code(backend.sync())).toBe("ERR_DISPOSED");
    expect(await code(backend.prepare([]))).toBe("ERR_DISPOSED");
  });
});

describe("what is missing is named", () => {
  it("no adapter", async () => {
    const gpu = { requestAdapter: async () => null } as unknown as GPU;
    await expect(createBackend({ gpu })).rejects.toMatchObject({
      code: "ERR_UNAVAILABLE",
      message: expect.stringContaining("no adapter"),
    });
  });

  it("no device", async () => {
    const adapter = { limits: {}, features: new Set(), requestDevice: () => Promise.reject(new TypeError("used up")) };
    const gpu = { requestAdapter: async () => adapter } as unknown as GPU;
    await expect(createBackend({ gpu })).rejects.toMatchObject({
      code: "ERR_UNAVAILABLE",
      message: expect.stringContaining("used up"),
    });
  });
});
