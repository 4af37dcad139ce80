import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { errorCode, rejectionCode } from "../../test/support/error-code.ts";
import { floats, normals } from "../../test/support/tensors.ts";
import type { Backend } from "../backend/contract.ts";
import { disposeSymbol } from "../disposable.ts";
import { activation, activationOp } from "../ops/activation.ts";
import { dequantize } from "../ops/dequantize.ts";
import { linear } from "../ops/linear.ts";
import { quantize } from "../ops/quantize.ts";
import { quantizeSymmetric } from "../ops/quantize-symmetric.ts";
import { hostTensor } from "../tensors/host-tensor.ts";
import { createReferenceBackend } from "./reference-backend.ts";

let backend: Backend;
beforeEach(() => {
  backend = createReferenceBackend();
});
afterEach(() => backend.dispose());

const perChannel = { kind: "channel", dim: 0 } as const;

describe("the ops are those of the host functions", () => {
  it("quantize, dequantize, linear and activation", async () => {
    const host = {
      x: normals(61, [2, 3, 4], "float16"),
      weight: normals(62, [5, 4]),
      bias: normals(63, [5], "bfloat16"),
    };
    using x = backend.upload(host.x);
    using float = backend.upload(host.weight);
    using bias = backend.upload(host.bias);
    using weight = quantize(float, { granularity: { kind: "channel", dim: -2 }, bits: 6 });
    const quantized = quantizeSymmetric(host.weight, { dim: 0, bits: 6 });
    expect(await backend.download(weight)).toEqual(quantized);
    using half = dequantize(weight);
    expect(await backend.download(half)).toEqual(dequantize(quantized.quantized, quantized.scale, { dim: 0 }));
    for (const activations of ["float", "int16", "int8"] as const) {
      using y = linear(x, weight, { bias, activations, dtype: "float32" });
      expect(await backend.download(y)).toEqual(
        linear(host.x, quantized, { bias: host.bias, activations, dtype: "float32" }),
      );
    }
    using y = linear(x, float);
    expect(await backend.download(y)).toEqual(linear(host.x, host.weight));
    using z = activation(y, "gelu");
    expect(await backend.download(z)).toEqual(activation(linear(host.x, host.weight), "gelu"));
  });

  it("errors of the data are thrown at the call, and leave nothing behind", () => {
    using x = backend.upload(floats([2], 1, Number.NaN));
    const before = backend.memory();
    expect(errorCode(() => quantize(x, { granularity: { kind: "tensor" } }))).toBe("ERR_NON_FINITE");
    expect(backend.memory()).toEqual(before);
  });
});

describe("ownership", () => {
  it("upload copies, download gives a fresh copy", async () => {
    const host = normals(64, [2, 2]);
    const original = structuredClone(host);
    using x = backend.upload(host);
    host.data.fill(0);
    const first = await backend.download(x);
    expect(first).toEqual(original);
    first.data.fill(7);
    expect(() => Object.assign(first.shape, { 0: 9 })).toThrow(TypeError);
    expect(await backend.download(x)).toEqual(original);
  });

  it("copies codes and scales as well", async () => {
    const host = quantizeSymmetric(normals(65, [2, 2]), { dim: 0 });
    const original = structuredClone(host);
    using weight = backend.upload(host);
    host.quantized.data.fill(0);
    host.scale.data.fill(3);
    const first = await backend.download(weight);
    expect(first).toEqual(original);
    first.quantized.data.fill(1);
    expect(await backend.download(weight)).toEqual(original);
  });

  it("copies only the part of a buffer that a view shows", async () => {
    using x = backend.upload(hostTensor("float32", [2], Float32Array.of(1, 2, 3, 4).subarray(1, 3)));
    expect((await backend.download(x)).data).toEqual(Float32Array.of(2, 3));
  });

  it("takes only its own tensors", () => {
    using other = createReferenceBackend();
    using x = other.upload(normals(66, [2, 2]));
    expect(errorCode(() => backend.run(activationOp, { x }, { kind: "relu" }))).toBe("ERR_FOREIGN_TENSOR");
  });
});

describe("lifetime", () => {
  it("memory counts live tensors and the bytes of their data", () => {
    expect(backend.memory()).toEqual({ tensors: 0, bytes: 0 });
    const x = backend.upload(normals(67, [3, 5], "float16"));
    const weight = quantize(x, { granularity: perChannel });
    expect([x.byteLength, weight.byteLength]).toEqual([30, 15 + 12]);
    expect(backend.memory()).toEqual({ tensors: 2, bytes: 57 });
    x.dispose();
    expect(backend.memory()).toEqual({ tensors: 1, bytes: 27 });
    weight.dispose();
    expect(backend.memory()).toEqual({ tensors: 0, bytes: 0 });
  });

  it("describes its tensors, also after they are disposed", () => {
    const x = backend.upload(normals(68, [2, 4]));
    const weight = quantize(x, { granularity: { kind: "channel", dim: -1 }, bits: 3 });
    expect([x.dtype, x.shape, x.backend === backend, x.disposed]).toEqual(["float32", [2, 4], true, false]);
    weight[disposeSymbol]();
    expect([weight.shape, weight.granularity, weight.bits]).toEqual([[2, 4], { kind: "channel", dim: 1 }, 3]);
    expect(weight.disposed).toBe(true);
  });

  it("disposing twice is harmless, using what is disposed is ERR_DISPOSED", async () => {
    const x = backend.upload(normals(69, [2, 2]));
    x.dispose();
    x.dispose();
    expect(errorCode(() => activation(x, "relu"))).toBe("ERR_DISPOSED");
    expect(await rejectionCode(backend.download(x))).toBe("ERR_DISPOSED");
    expect(backend.memory().tensors).toBe(0);
  });

  it("a disposed backend has disposed its tensors and does nothing more", async () => {
    const x = backend.upload(normals(70, [2, 2]));
    const weight = quantize(x, { granularity: perChannel });
    backend.dispose();
    backend.dispose();
    expect([backend.disposed, x.disposed, weight.disposed]).toEqual([true, true, true]);
    expect(backend.memory()).toEqual({ tensors: 0, bytes: 0 });
    expect(errorCode(() => backend.upload(normals(70, [2, 2])))).toBe("ERR_DISPOSED");
    expect(errorCode(() => activation(x, "relu"))).toBe("ERR_DISPOSED");
    expect(await rejectionCode(backend.download(x))).toBe("ERR_DISPOSED");
    expect(await rejectionCode(backend.sync())).toBe("ERR_DISPOSED");
    x.dispose();
  });

  it("sync resolves when everything has run", async () => {
    using _ = backend.upload(normals(71, [2]));
    await expect(backend.sync()).resolves.toBe(undefined);
  });

  it("a result too large is refused before it is made", () => {
    using x = backend.upload(floats([65536, 1], ...new Float32Array(65536)));
    using weight = backend.upload(floats([16385, 1], ...new Float32Array(16385)));
    expect(errorCode(() => linear(x, weight))).toBe("ERR_OUT_OF_MEMORY");
  });
});

it("says what it is", () => {
  expect(backend.info).toMatchObject({ name: "reference", apiVersion: 2, features: [] });
});
