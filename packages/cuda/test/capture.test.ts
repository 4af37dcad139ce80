import { type FloatDType, type HostTensor, hostTensor, narrow, type QuantizedTensor, type Tensor } from "@octet/core";
import { type CapturedChain, type CUDABackend, createCUDABackend } from "@octet/cuda";
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

describe.skipIf(emulatorMissing)("a captured chain", () => {
  let backend: CUDABackend;
  let otherChain: CapturedChain;
  let layer: (input: Tensor<FloatDType>) => Tensor<FloatDType>;
  beforeEach(async () => {
    backend = await createCUDABackend({ emulated: true });
    const weight = backend.quantize(backend.upload(host([1, 2, 3, -4, 5, 6, 7, 8, -9], [3, 3])), {
      granularity: { kind: "channel", dim: 0 },
    });
    layer = (input) => {
      using hidden = backend.linear(input, weight, { activations: "int8" });
      return backend.activation(hidden, "relu");
    };
  });
  afterEach(() => backend.dispose());

  test("gives what its ops give, each time it runs", async () => {
    using chain = backend.capture(backend.upload(x), layer);
    for (const input of [x, other, x]) {
      const uploaded = backend.upload(input);
      const [got, wanted] = [chain.run(uploaded), layer(uploaded)];
      expect(await backend.download(got)).toEqual(await backend.download(wanted));
    }
  });

  test("keeps results of earlier runs as they were", async () => {
    using chain = backend.capture(backend.upload(x), layer);
    const first = chain.run(backend.upload(x));
    const second = chain.run(backend.upload(other));
    const wanted = await backend.download(layer(backend.upload(x)));
    expect(await backend.download(first)).toEqual(wanted);
    expect(await backend.download(second)).not.toEqual(wanted);
  });

  test("blames a NaN on the run that met it alone", async () => {
    using chain = backend.capture(backend.upload(x), layer);
    const runs = [x, bad, other].map((input) => chain.run(backend.upload(input)));
    await expect(backend.download(runs[1]!)).rejects.toMatchObject({ code: "ERR_NON_FINITE" });
    await backend.download(runs[0]!);
    await backend.download(runs[2]!);
    await backend.sync();
  });

  test("leaves no tensor behind", () => {
    const example = backend.upload(x);
    const before = backend.memory();
    const chain = backend.capture(example, layer);
    chain.run(example).dispose();
    chain.dispose();
    chain.dispose();
    expect(backend.memory()).toEqual(before);
    expect(() => chain.run(example)).toThrow(expect.objectContaining({ code: "ERR_DISPOSED" }));
  });

  test("takes the form of its example only", () => {
    using chain = backend.capture(backend.upload(x), layer);
    const wrongShape = backend.upload(host([1, 2, 3], [1, 3]));
    const wrongDType = backend.upload(host([1, 2, 3, 4, 5, 6], [2, 3], "float16"));
    expect(() => chain.run(wrongShape)).toThrow(expect.objectContaining({ code: "ERR_SHAPE" }));
    expect(() => chain.run(wrongDType)).toThrow(expect.objectContaining({ code: "ERR_DTYPE" }));
  });

  test("refuses what cannot be captured, and the backend goes on", async () => {
    const example = backend.upload(x);
    const before = backend.memory();
    const unsupported = expect.objectContaining({ code: "ERR_UNSUPPORTED" });
    expect(() => backend.capture(example, (input) => input)).toThrow(unsupported);
    expect(() => backend.capture(example, () => backend.upload(x) as Tensor<FloatDType>)).toThrow(unsupported);
    expect(() => backend.capture(example, () => backend.capture(example, layer).run(example))).toThrow(unsupported);
    expect(() =>
      backend.capture(example, () => {
        throw new RangeError("mine");
      }),
    ).toThrow(RangeError);
    expect(backend.memory()).toEqual(before);
    await backend.download(layer(example));
  });

  test.each<{ what: string; attempt: (input: Tensor<FloatDType>) => unknown }>([
    { what: "a capture", attempt: (input) => backend.capture(input, layer) },
    { what: "a run of a captured chain", attempt: (input) => otherChain.run(input) },
    { what: "an upload", attempt: () => backend.upload(x) },
  ])("finds a NaN though $what was refused while it was captured", async ({ attempt }) => {
    otherChain = backend.capture(backend.upload(x), layer);
    const pending = layer(backend.upload(bad));
    const before = backend.memory();
    using chain = backend.capture(backend.upload(x), (input) => {
      const result = layer(input);
      expect(() => attempt(input)).toThrow(expect.objectContaining({ code: "ERR_UNSUPPORTED" }));
      return result;
    });
    const run = chain.run(backend.upload(bad));
    const nonFinite = { code: "ERR_NON_FINITE" };
    await expect(backend.download(run)).rejects.toMatchObject(nonFinite);
    await expect(backend.download(pending)).rejects.toMatchObject(nonFinite);
    await expect(backend.download(layer(backend.upload(bad)))).rejects.toMatchObject(nonFinite);
    await backend.download(chain.run(backend.upload(other)));
    await backend.sync();
    run.dispose();
    chain.dispose();
    expect(backend.memory().tensors).toBe(before.tensors + 6);
  });

  test("finds a NaN though a download and a sync were refused while it was captured", async () => {
    const pending = layer(backend.upload(bad));
    const refused: Promise<unknown>[] = [];
    using chain = backend.capture(backend.upload(x), (input) => {
      refused.push(backend.download(pending), backend.sync());
      return layer(input);
    });
    for (const { status, reason } of (await Promise.allSettled(refused)) as PromiseRejectedResult[]) {
      expect({ status, code: reason.code }).toEqual({ status: "rejected", code: "ERR_UNSUPPORTED" });
    }
    await expect(backend.download(pending)).rejects.toMatchObject({ code: "ERR_NON_FINITE" });
    await backend.download(chain.run(backend.upload(x)));
  });

  test("finds a NaN after a chain that threw", async () => {
    const pending = layer(backend.upload(bad));
    expect(() =>
      backend.capture(backend.upload(x), (input) => {
        layer(input);
        throw new RangeError("mine");
      }),
    ).toThrow(RangeError);
    await expect(backend.download(pending)).rejects.toMatchObject({ code: "ERR_NON_FINITE" });
    await expect(backend.download(layer(backend.upload(bad)))).rejects.toMatchObject({ code: "ERR_NON_FINITE" });
  });

  const requantized = (values: HostTensor<FloatDType>) =>
    backend.quantize(backend.upload(values), { granularity: { kind: "channel", dim: 0 } });
  const nothingQuantized = (weight: QuantizedTensor) => (input: Tensor<FloatDType>) => {
    using hidden = backend.linear(input, weight);
    return backend.activation(hidden, "relu");
  };

  test("passes on what was wrong with its input", async () => {
    using chain = backend.capture(backend.upload(x), nothingQuantized(requantized(host([1, 2, 3], [1, 3]))));
    const result = chain.run(backend.dequantize(requantized(bad), "float32"));
    await expect(backend.download(result)).rejects.toMatchObject({ code: "ERR_NON_FINITE" });
    await backend.download(chain.run(backend.dequantize(requantized(x), "float32")));
  });

  test("passes on what was wrong with its weights", async () => {
    for (const make of [
      nothingQuantized,
      (weight: QuantizedTensor) => (input: Tensor<FloatDType>) =>
        backend.linear(input, weight, { activations: "int8" }),
    ]) {
      using chain = backend.capture(backend.upload(x), make(requantized(host([1, Number.NaN, 3], [1, 3]))));
      for (let i = 0; i < 2; i++) {
        const result = chain.run(backend.upload(x));
        await expect(backend.download(result)).rejects.toMatchObject({ code: "ERR_NON_FINITE" });
      }
    }
  });

  test("does not blame a result for what it was not made of", async () => {
    using chain = backend.capture(backend.upload(x), (input) => {
      backend.quantize(input, { granularity: { kind: "tensor" } });
      return backend.activation(input, "relu");
    });
    await backend.download(chain.run(backend.upload(bad)));
    await expect(backend.sync()).rejects.toMatchObject({ code: "ERR_NON_FINITE" });
  });

  test("ends its tensors with the capture", async () => {
    const kept: Tensor<FloatDType>[] = [];
    using chain = backend.capture(backend.upload(x), (input) => {
      const result = layer(input);
      kept.push(input, layer(input), result);
      return result;
    });
    for (const tensor of kept) {
      expect(tensor.disposed).toBe(true);
      await expect(backend.download(tensor)).rejects.toMatchObject({ code: "ERR_DISPOSED" });
      tensor.dispose();
    }
    await backend.download(chain.run(backend.upload(x)));
  });

  test("may end with its backend while it is captured", async () => {
    const { emulatedMemory } = loadEmulator();
    const example = backend.upload(x);
    expect(() =>
      backend.capture(example, (input) => {
        const result = layer(input);
        backend.dispose();
        return result;
      }),
    ).toThrow(expect.objectContaining({ code: "ERR_DISPOSED" }));
    using another = await createCUDABackend({ emulated: true });
    const before = emulatedMemory().device;
    another.upload(x).dispose();
    expect(emulatedMemory().device).toBe(before);
  });

  test("outlives weights and inputs that are disposed while it is captured", async () => {
    const unused = backend.upload(x);
    using chain = backend.capture(backend.upload(x), (input) => {
      unused.dispose();
      return layer(input);
    });
    await backend.download(chain.run(backend.upload(other)));
  });
});
