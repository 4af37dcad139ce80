import {
  activationCodes,
  type Backend,
  createReferenceBackend,
  type FloatDType,
  type HostRowCodes,
  type HostTensor,
  hostTensor,
  linear,
  narrow,
  quantizeRows,
  quantizeWeightPerChannel,
  sizeOf,
} from "@octet/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { WebGPUBackend } from "../../backend.ts";
import { createBackend } from "../../create-backend.ts";

function floats(dtype: FloatDType, shape: readonly number[]): HostTensor<FloatDType> {
  const values = Float32Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(i * 12.9898 + 1) * 2 ** (i % 5));
  return hostTensor(dtype, shape, narrow(values, dtype));
}

const shapes = [[1], [0, 5], [3, 0], [7, 1], [5, 16], [2, 3, 33], [70, 130], [1, 4099]];
const kinds = ["int8", "int16"] as const;
const cases = shapes.flatMap((shape) => kinds.map((activations) => ({ shape, activations })));

describe.each([
  ["on software", true],
  ["with the kernels for hardware", false],
])("row codes, %s", (_name, software) => {
  let backend: WebGPUBackend;
  const reference: Backend = createReferenceBackend();
  beforeAll(async () => {
    backend = await createBackend({}, { software });
  });
  afterAll(() => backend.dispose());

  const both = async (run: (on: Backend) => Promise<unknown>) => {
    expect(await run(backend)).toEqual(await run(reference));
  };

  it.each(cases)("of $shape in $activations are those of the reference", async ({ shape, activations }) => {
    for (const dtype of ["float32", "float16", "bfloat16"] as const) {
      await both(async (on) => {
        using x = on.upload(floats(dtype, shape));
        using codes = quantizeRows(x, { activations });
        return on.download(codes);
      });
    }
  });

  it.each(cases)("of $shape in $activations give linear what x gives it", async ({ shape, activations }) => {
    const k = shape[shape.length - 1];
    const weight = quantizeWeightPerChannel(floats("float32", [67, k]) as HostTensor<"float32">);
    const bias = floats("bfloat16", [67]);
    const results = await Promise.all(
      [true, false].map(async (apart) => {
        using x = backend.upload(floats("float32", shape));
        using w = backend.upload(weight);
        using b = backend.upload(bias);
        using codes = quantizeRows(x, { activations });
        using y = apart
          ? linear(codes, w, { bias: b, dtype: "float16" })
          : linear(x, w, { bias: b, activations, dtype: "float16" });
        return backend.download(y);
      }),
    );
    expect(results[0]).toEqual(results[1]);
    expect(results[0]).toEqual(linear(floats("float32", shape), weight, { bias, activations, dtype: "float16" }));
  });

  it.each(kinds)("of %s come back as they were uploaded", async (activations) => {
    const limit = activations === "int8" ? 127 : 32639;
    const values = Array.from({ length: 3 * 37 }, (_, i) => ((i * 3571) % (2 * limit + 1)) - limit);
    values.splice(0, 4, limit, -limit, 0, -1);
    const data = activations === "int8" ? Int8Array.from(values) : Int16Array.from(values);
    const host: HostRowCodes = {
      activations,
      codes: hostTensor(activations, [3, 37], data),
      scale: hostTensor("float32", [3], Float32Array.of(1, 1e-40, 3e38)),
    };
    using codes = backend.upload(host);
    expect(await backend.download(codes)).toEqual(host);
    expect(codes.byteLength).toBe(data.byteLength + 12);
  });

  it("report what is not finite, and pass it on", async () => {
    using x = backend.upload(hostTensor("float32", [2, 2], Float32Array.of(1, 2, 3, Number.NaN)));
    using w = backend.upload(quantizeWeightPerChannel(floats("float32", [3, 2]) as HostTensor<"float32">));
    using codes = quantizeRows(x, { activations: "int16" });
    using y = linear(codes, w);
    for (const pending of [backend.download(y), backend.download(codes)]) {
      await expect(pending).rejects.toMatchObject({ code: "ERR_NON_FINITE", message: expect.stringContaining("3 ") });
    }
    await backend.sync();
  });

  it("of an activation are those of its parts", async () => {
    await both(async (on) => {
      using x = on.upload(floats("float16", [5, 33]));
      using codes = activationCodes(x, { kind: "relu", activations: "int8" });
      return on.download(codes);
    });
    expect(backend.info.composed).toEqual(["activationCodes"]);
    await expect(backend.sync()).resolves.toBe(undefined);
  });
});
