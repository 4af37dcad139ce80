import { type FloatDType, type HostTensor, hostTensor, narrow, type Tensor } from "@octet/core";
import { type CUDABackend, createCUDABackend } from "@octet/cuda";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { emulatorMissing } from "./emulator.ts";

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

  test("outlives weights and inputs that are disposed while it is captured", async () => {
    const unused = backend.upload(x);
    using chain = backend.capture(backend.upload(x), (input) => {
      unused.dispose();
      return layer(input);
    });
    await backend.download(chain.run(backend.upload(other)));
  });
});
