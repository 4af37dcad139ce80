import {
  type Backend,
  createReferenceBackend,
  floatDTypes,
  type HostRowCodes,
  hostTensor,
  linear,
  quantize,
  quantizeRows,
} from "@octet/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ways } from "./support/backends.ts";
import { values } from "./support/values.ts";

// One row and several, an odd count, features short of a run of 16, past a block of 2048, and none.
const shapes = [[1, 35], [35], [2, 16], [3, 70], [5, 2100], [1, 4100], [4, 4096], [2, 3, 20], [0, 8], [3, 0]];
const perRow = { granularity: { kind: "channel", dim: 0 } } as const;

describe.each(ways)("codes of rows, %s", (_name, create) => {
  let backend: Backend;
  const reference = createReferenceBackend();
  beforeEach(async () => {
    backend = await create();
  });
  afterEach(() => backend.dispose());

  for (const activations of ["int8", "int16"] as const) {
    it.each(shapes.map((shape) => [shape]))(`${activations} of %j are the reference's, in any dtype`, async (shape) => {
      for (const dtype of floatDTypes) {
        const x = values(3, shape, dtype);
        const codes = quantizeRows(backend.upload(x), { activations });
        expect(await backend.download(codes)).toEqual(quantizeRows(x, { activations }));
      }
    });

    it.each(shapes.map((shape) => [shape]))(`${activations} of %j go up and down as they are`, async (shape) => {
      const host = quantizeRows(values(4, shape, "float32"), { activations });
      expect(await backend.download(backend.upload(host))).toEqual(host);
    });

    it.each(shapes.map((shape) => [shape]))(
      `a linear layer gives of ${activations} codes of %j what it gives of their floats`,
      async (shape) => {
        const x = values(5, shape, "float32");
        const k = shape[shape.length - 1];
        const weight = quantize(values(6, [51, k], "float32"), perRow);
        const bias = values(7, [51], "bfloat16");
        const onDevice = { w: backend.upload(weight), bias: backend.upload(bias) };
        const floats = backend.upload(x);
        const wanted = linear(x, weight, { activations, bias });
        const made = quantizeRows(floats, { activations });
        const uploaded = backend.upload(quantizeRows(x, { activations }) as HostRowCodes);
        for (const codes of [made, uploaded]) {
          const y = linear(codes, onDevice.w, { bias: onDevice.bias });
          expect(await backend.download(y)).toEqual(wanted);
        }
        const half = linear(made, onDevice.w, { dtype: "float16" });
        expect(await backend.download(half)).toEqual(linear(x, weight, { activations, dtype: "float16" }));
      },
    );
  }

  it("names what is not finite as the reference does", async () => {
    const x = hostTensor("float32", [2, 3], Float32Array.of(1, 2, 3, 4, Number.NaN, Number.NEGATIVE_INFINITY));
    const fail = async (on: Backend) => {
      try {
        await on.download(quantizeRows(on.upload(x), { activations: "int8" }));
      } catch (error) {
        return error;
      }
    };
    const [got, wanted] = [await fail(backend), await fail(reference)];
    expect(got).toMatchObject({ code: "ERR_NON_FINITE", message: expect.stringContaining("2 elements") });
    expect((got as Error).message).toContain("element 4");
    expect(wanted).toMatchObject({ code: "ERR_NON_FINITE" });
  });
});
