import {
  activation,
  advance,
  type Backend,
  createReferenceBackend,
  hostTensor,
  linear,
  OctetError,
  positions,
  quantize,
  quantizeRows,
  quantizeWeightPerChannel,
  readRows,
  type State,
  type Tensor,
  writeRows,
} from "@octet/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type FailingCall, type FaultyDevice, faultyDevice } from "../../test/support/faulty-device.ts";
import type { WebGPUBackend } from "../backend.ts";
import { createBackend } from "../create-backend.ts";
import { openDevice } from "../open-device.ts";

let gpu: GPU;
let real: GPUDevice;
let faulty: FaultyDevice;
let backend: WebGPUBackend;
const created = { buffers: 0, bindGroups: 0 };
let submissions: number;

beforeEach(async () => {
  ({ gpu, device: real } = await openDevice({}));
  const { createBuffer, createBindGroup } = real;
  real.createBuffer = (descriptor) => {
    created.buffers++;
    return createBuffer.call(real, descriptor);
  };
  real.createBindGroup = (descriptor) => {
    created.bindGroups++;
    return createBindGroup.call(real, descriptor);
  };
  const { submit } = real.queue;
  real.queue.submit = (buffers) => {
    submissions++;
    submit.call(real.queue, buffers);
  };
  faulty = faultyDevice(real);
  backend = await createBackend({ gpu, device: faulty.device });
});

afterEach(() => {
  backend.dispose();
  real.destroy();
});

const vector = (...values: readonly number[]) => hostTensor("float32", [1, values.length], Float32Array.from(values));
const inputs = [vector(1, -2, 3), vector(0.1, 0.2, -0.3), vector(7, 7, 0)];
const matrix = hostTensor("float32", [3, 3], Float32Array.of(0.5, -1, 0.25, 3, 0, -6, 2, 2, -1));

const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => "nothing",
    (error: unknown) => (OctetError.isInstance(error) ? `${error.code}: ${error.message}` : String(error)),
  );

/** Two layers, with temporary buffers, row codes and findings. */
function layers(on: Backend) {
  const weight = on.upload(quantizeWeightPerChannel(matrix));
  return ({ x }: { readonly x: Tensor<"float32"> }) => {
    using hidden = linear(x, weight, { activations: "int8" });
    using active = activation(hidden, "relu");
    using codes = quantizeRows(active, { activations: "int16" });
    return linear(codes, weight);
  };
}

async function expected(on: Backend, x: typeof matrix): Promise<unknown> {
  return on.download(layers(on)({ x: on.upload(x) }));
}

describe("a recorded program", () => {
  it("gives the bytes of its ops, whatever runs between", async () => {
    const reference = createReferenceBackend();
    using x = backend.upload(inputs[0]);
    using program = backend.record(layers(backend), { x });
    const results: Tensor[] = [];
    for (const host of inputs) {
      using x = backend.upload(host);
      results.push(program.run({ x }));
      await expected(backend, host);
    }
    for (const [index, y] of results.entries()) {
      expect(await backend.download(y)).toEqual(await expected(reference, inputs[index]));
    }
    await backend.sync();
  });

  it("makes nothing on the device while it runs but what its results take", async () => {
    using x = backend.upload(inputs[0]);
    using program = backend.record(layers(backend), { x });
    for (let i = 0; i < 3; i++) program.run({ x }).dispose();
    await backend.sync();
    const before = { ...created };
    for (let i = 0; i < 100; i++) program.run({ x }).dispose();
    await backend.sync();
    expect(created).toEqual(before);
  });

  it("of more steps than one submission takes is submitted in several", async () => {
    using x = backend.upload(vector(1, -2));
    using program = backend.record(
      ({ x }) => {
        let y = x;
        for (let i = 0; i < 70; i++) y = activation(y, "relu") as Tensor<"float32">;
        return y;
      },
      { x },
    );
    program.run({ x }).dispose();
    await backend.sync();
    submissions = 0;
    const y = program.run({ x });
    expect(submissions).toBe(2);
    expect([...(await backend.download(y)).data]).toEqual([1, 0]);
  });

  it("may be disposed before its run was submitted", async () => {
    using x = backend.upload(inputs[0]);
    const program = backend.record(layers(backend), { x });
    program.run({ x }).dispose();
    await backend.sync();
    const y = program.run({ x });
    program.dispose();
    using other = backend.upload(inputs[1]);
    await expected(backend, inputs[1]);
    expect(await backend.download(y)).toEqual(await expected(createReferenceBackend(), inputs[0]));
    expect(other.disposed).toBe(false);
    await backend.sync();
  });

  it("moves states on from where they are", async () => {
    const run = async (on: Backend) => {
      using state = on.state({
        capacity: 9,
        chunk: 1,
        slots: [{ name: "ring", dtype: "float32", shape: [3], keep: 2 }],
      });
      using first = on.upload(inputs[0]);
      using program = on.record(
        ({ x, state }: { readonly x: Tensor<"float32">; readonly state: State }) => {
          using at = positions(state, 1);
          writeRows(state, "ring", x);
          advance(state, 1);
          expect(at.disposed).toBe(false);
          return [positions(state, 1), readRows(state, "ring", 2)] as const;
        },
        { x: first, state },
      );
      const seen: unknown[] = [];
      for (let i = 0; i < 7; i++) {
        if (i === 4) state.truncate(3);
        using x = on.upload(inputs[i % 3]);
        const [next, rows] = program.run({ x, state });
        seen.push(await on.download(next), await on.download(rows));
      }
      seen.push(await on.download(state));
      return seen;
    };
    expect(await run(backend)).toEqual(await run(createReferenceBackend()));
    await backend.sync();
  });
});

describe("findings of a program", () => {
  const bad = vector(1, Number.NaN, Number.NaN);

  it("belong to the run, and name the first step that has one", async () => {
    using x = backend.upload(inputs[0]);
    using program = backend.record(layers(backend), { x });
    using broken = backend.upload(bad);
    const runs = [x, broken, x, broken, x].map((x) => program.run({ x }));
    const outcomes = await Promise.all(runs.map((y) => failure(backend.download(y))));
    for (const [index, outcome] of outcomes.entries()) {
      expect(outcome).toMatch(index % 2 === 0 ? /^nothing$/ : /^ERR_NON_FINITE: 2 elements.*element 1 /);
    }
    expect(await failure(backend.sync())).toBe("nothing");
  });

  it("are not lost or mixed up over many runs", async () => {
    using x = backend.upload(inputs[0]);
    using program = backend.record(layers(backend), { x });
    using broken = backend.upload(bad);
    const runs: Tensor[] = [];
    // Pages of findings hold 1024, and a run takes two.
    for (let i = 0; i < 1200; i++) {
      const y = program.run({ x: i % 300 === 299 ? broken : x });
      if (i % 100 === 99) runs.push(y);
      else y.dispose();
    }
    const outcomes = await Promise.all(runs.map((y) => failure(backend.download(y))));
    expect(outcomes.map((outcome) => outcome.slice(0, 14))).toEqual(
      runs.map((_, index) => (index % 3 === 2 ? "ERR_NON_FINITE" : "nothing")),
    );
  });

  it("may be more than a page has", async () => {
    using x = backend.upload(inputs[0]);
    using program = backend.record(
      ({ x }) => {
        for (let i = 0; i < 1100; i++) quantize(x, { granularity: { kind: "tensor" } }).dispose();
        return quantize(x, { granularity: { kind: "tensor" } });
      },
      { x },
    );
    using broken = backend.upload(bad);
    const [good, failed] = [x, broken].map((x) => program.run({ x }));
    expect(await failure(backend.download(failed))).toMatch(/^ERR_NON_FINITE/);
    expect(await failure(backend.download(good))).toBe("nothing");
  });
});

describe("a program for which the device had no memory once", () => {
  const cases: readonly (readonly [call: FailingCall, label: string | undefined])[] = [
    ["createBuffer", "octet program"],
    ["createBindGroup", undefined],
    ["createComputePipeline", undefined],
    ["createShaderModule", undefined],
  ];

  it.each(cases)("in %s of %s, runs the next time", async (call, label) => {
    using x = backend.upload(inputs[0]);
    const steps = layers(backend);
    await backend.download(x);
    faulty.failNext(call, label);
    using program = backend.record(steps, { x });
    const first = program.run({ x });
    expect(faulty.pending()).toBe(0);
    expect(await failure(backend.download(first))).toMatch(/^ERR_OUT_OF_MEMORY/);
    const second = program.run({ x });
    expect(await backend.download(second)).toEqual(await expected(createReferenceBackend(), inputs[0]));
    expect(await failure(backend.sync())).toBe("nothing");
  });
});
