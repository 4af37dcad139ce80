import {
  activation,
  type Backend,
  dequantize,
  type FloatDType,
  type HostTensor,
  hostTensor,
  linear,
  narrow,
  type Program,
  type QuantizedTensor,
  quantize,
  type Tensor,
} from "@octet/core";
import { createCUDABackend } from "@octet/cuda";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { emulatorMissing, loadEmulator } from "./emulator.ts";

const host = (
  values: readonly number[],
  shape: readonly number[],
  dtype: FloatDType = "float32",
): HostTensor<FloatDType> => hostTensor(dtype, shape, narrow(Float32Array.from(values), dtype));
const x = host([1, -2, 3, -4, 5, -6], [2, 3]);
const other = host([-1, 2, -3, 4, -5, 6], [2, 3]);
const bad = host([1, 2, 3, 4, Number.NaN, 6], [2, 3]);

interface Inputs {
  readonly x: Tensor<FloatDType>;
}

describe.skipIf(emulatorMissing)("a recorded program", () => {
  let backend: Backend;
  let otherProgram: Program<Inputs, Tensor<FloatDType>>;
  let layer: (input: Tensor<FloatDType>) => Tensor<FloatDType>;
  beforeEach(async () => {
    backend = await createCUDABackend({ emulated: true });
    const weight = quantize(backend.upload(host([1, 2, 3, -4, 5, 6, 7, 8, -9], [3, 3])), {
      granularity: { kind: "channel", dim: 0 },
    });
    layer = (input) => {
      using hidden = linear(input, weight, { activations: "int8" });
      return activation(hidden, "relu");
    };
  });
  afterEach(() => backend.dispose());

  /** Records what `steps` does to a tensor of the form of x. */
  const record = (
    steps: (input: Tensor<FloatDType>) => Tensor<FloatDType>,
    example: Tensor<FloatDType> = backend.upload(x),
  ): Program<Inputs, Tensor<FloatDType>> => backend.record((inputs: Inputs) => steps(inputs.x), { x: example });

  test("gives what its ops give, each time it runs", async () => {
    using program = record(layer);
    for (const input of [x, other, x]) {
      const uploaded = backend.upload(input);
      const [got, wanted] = [program.run({ x: uploaded }), layer(uploaded)];
      expect(await backend.download(got)).toEqual(await backend.download(wanted));
    }
  });

  test("keeps results of earlier runs as they were", async () => {
    using program = record(layer);
    const first = program.run({ x: backend.upload(x) });
    const second = program.run({ x: backend.upload(other) });
    const wanted = await backend.download(layer(backend.upload(x)));
    expect(await backend.download(first)).toEqual(wanted);
    expect(await backend.download(second)).not.toEqual(wanted);
  });

  test("blames a NaN on the run that met it alone", async () => {
    using program = record(layer);
    const runs = [x, bad, other].map((input) => program.run({ x: backend.upload(input) }));
    await expect(backend.download(runs[1]!)).rejects.toMatchObject({ code: "ERR_NON_FINITE" });
    await backend.download(runs[0]!);
    await backend.download(runs[2]!);
    await backend.sync();
  });

  test("leaves no tensor behind", () => {
    const example = backend.upload(x);
    const before = backend.memory();
    const program = record(layer, example);
    program.run({ x: example }).dispose();
    program.dispose();
    program.dispose();
    expect(backend.memory()).toEqual(before);
    expect(() => program.run({ x: example })).toThrow(expect.objectContaining({ code: "ERR_DISPOSED" }));
  });

  test("takes the form of its example only", () => {
    using program = record(layer);
    const wrongShape = backend.upload(host([1, 2, 3], [1, 3]));
    const wrongDType = backend.upload(host([1, 2, 3, 4, 5, 6], [2, 3], "float16"));
    expect(() => program.run({ x: wrongShape })).toThrow(expect.objectContaining({ code: "ERR_SHAPE" }));
    expect(() => program.run({ x: wrongDType })).toThrow(expect.objectContaining({ code: "ERR_DTYPE" }));
  });

  test("refuses what cannot be recorded, and the backend goes on", async () => {
    const example = backend.upload(x);
    const before = backend.memory();
    const unsupported = expect.objectContaining({ code: "ERR_UNSUPPORTED" });
    expect(() => record((input) => input, example)).toThrow(unsupported);
    expect(() => record(() => backend.upload(x) as Tensor<FloatDType>, example)).toThrow(unsupported);
    expect(() => record(() => record(layer, example).run({ x: example }), example)).toThrow(unsupported);
    const failing = (): Tensor<FloatDType> => {
      throw new RangeError("mine");
    };
    expect(() => record(failing, example)).toThrow(RangeError);
    expect(backend.memory()).toEqual(before);
    await backend.download(layer(example));
  });

  test.each<{ what: string; attempt: (input: Tensor<FloatDType>) => unknown }>([
    { what: "a recording", attempt: (input) => record(layer, input) },
    { what: "a run of a program", attempt: (input) => otherProgram.run({ x: input }) },
    { what: "an upload", attempt: () => backend.upload(x) },
  ])("finds a NaN though $what was refused while it was recorded", async ({ attempt }) => {
    otherProgram = record(layer);
    const pending = layer(backend.upload(bad));
    const before = backend.memory();
    using program = record((input) => {
      const result = layer(input);
      expect(() => attempt(input)).toThrow(expect.objectContaining({ code: "ERR_UNSUPPORTED" }));
      return result;
    });
    const run = program.run({ x: backend.upload(bad) });
    const nonFinite = { code: "ERR_NON_FINITE" };
    await expect(backend.download(run)).rejects.toMatchObject(nonFinite);
    await expect(backend.download(pending)).rejects.toMatchObject(nonFinite);
    await expect(backend.download(layer(backend.upload(bad)))).rejects.toMatchObject(nonFinite);
    await backend.download(program.run({ x: backend.upload(other) }));
    await backend.sync();
    run.dispose();
    program.dispose();
    expect(backend.memory().tensors).toBe(before.tensors + 6);
  });

  test("finds a NaN though a download and a sync were refused while it was recorded", async () => {
    const pending = layer(backend.upload(bad));
    const refused: Promise<unknown>[] = [];
    using program = record((input) => {
      refused.push(backend.download(pending), backend.sync());
      return layer(input);
    });
    for (const { status, reason } of (await Promise.allSettled(refused)) as PromiseRejectedResult[]) {
      expect({ status, code: reason.code }).toEqual({ status: "rejected", code: "ERR_UNSUPPORTED" });
    }
    await expect(backend.download(pending)).rejects.toMatchObject({ code: "ERR_NON_FINITE" });
    await backend.download(program.run({ x: backend.upload(x) }));
  });

  test("finds a NaN after steps that threw", async () => {
    const pending = layer(backend.upload(bad));
    expect(() =>
      record((input) => {
        layer(input);
        throw new RangeError("mine");
      }),
    ).toThrow(RangeError);
    await expect(backend.download(pending)).rejects.toMatchObject({ code: "ERR_NON_FINITE" });
    await expect(backend.download(layer(backend.upload(bad)))).rejects.toMatchObject({ code: "ERR_NON_FINITE" });
  });

  const requantized = (values: HostTensor<FloatDType>) =>
    quantize(backend.upload(values), { granularity: { kind: "channel", dim: 0 } });
  const nothingQuantized = (weight: QuantizedTensor) => (input: Tensor<FloatDType>) => {
    using hidden = linear(input, weight);
    return activation(hidden, "relu");
  };

  test("passes on what was wrong with its input", async () => {
    using program = record(nothingQuantized(requantized(host([1, 2, 3], [1, 3]))));
    const result = program.run({ x: dequantize(requantized(bad), { dtype: "float32" }) });
    await expect(backend.download(result)).rejects.toMatchObject({ code: "ERR_NON_FINITE" });
    await backend.download(program.run({ x: dequantize(requantized(x), { dtype: "float32" }) }));
  });

  test("passes on what was wrong with its weights", async () => {
    for (const make of [
      nothingQuantized,
      (weight: QuantizedTensor) => (input: Tensor<FloatDType>) => linear(input, weight, { activations: "int8" }),
    ]) {
      using program = record(make(requantized(host([1, Number.NaN, 3], [1, 3]))));
      for (let i = 0; i < 2; i++) {
        const result = program.run({ x: backend.upload(x) });
        await expect(backend.download(result)).rejects.toMatchObject({ code: "ERR_NON_FINITE" });
      }
    }
  });

  test("blames every result for what any of its ops found, and tells of the first", async () => {
    using program = backend.record(
      ({ x, other }: { readonly x: Tensor<FloatDType>; readonly other: Tensor<FloatDType> }) => {
        quantize(x, { granularity: { kind: "tensor" } });
        quantize(other, { granularity: { kind: "tensor" } });
        return { result: activation(x, "relu") };
      },
      { x: backend.upload(x), other: backend.upload(x) },
    );
    const last = host([1, 2, 3, 4, 5, Number.NaN], [2, 3]);
    const { result: fine } = program.run({ x: backend.upload(x), other: backend.upload(other) });
    const { result: second } = program.run({ x: backend.upload(x), other: backend.upload(last) });
    const { result: both } = program.run({ x: backend.upload(bad), other: backend.upload(last) });
    await backend.download(fine);
    const nonFinite = (index: number) => ({
      code: "ERR_NON_FINITE",
      message: expect.stringContaining(`element ${index}`),
    });
    await expect(backend.download(second)).rejects.toMatchObject(nonFinite(5));
    await expect(backend.download(both)).rejects.toMatchObject(nonFinite(4));
    await backend.sync();
  });

  test("ends its tensors with the recording", async () => {
    const kept: Tensor<FloatDType>[] = [];
    using program = record((input) => {
      const result = layer(input);
      kept.push(input, layer(input), result);
      return result;
    });
    for (const tensor of kept) {
      expect(tensor.disposed).toBe(true);
      await expect(backend.download(tensor)).rejects.toMatchObject({ code: "ERR_DISPOSED" });
      tensor.dispose();
    }
    await backend.download(program.run({ x: backend.upload(x) }));
  });

  test("its backend cannot end while it is recorded, and leaves nothing behind when it ends then", async () => {
    const { emulatedMemory } = loadEmulator();
    const example = backend.upload(x);
    expect(() =>
      record((input) => {
        const result = layer(input);
        backend.dispose();
        return result;
      }, example),
    ).toThrow(expect.objectContaining({ code: "ERR_UNSUPPORTED" }));
    expect(backend.disposed).toBe(false);
    backend.dispose();
    using another = await createCUDABackend({ emulated: true });
    const before = emulatedMemory().device;
    another.upload(x).dispose();
    expect(emulatedMemory().device).toBe(before);
  });

  test("outlives weights and inputs that are disposed while it is recorded", async () => {
    const unused = backend.upload(x);
    using program = record((input) => {
      unused.dispose();
      return layer(input);
    });
    await backend.download(program.run({ x: backend.upload(other) }));
  });
});
