import { activation, createReferenceBackend, type DType, hostTensor, type Tensor } from "@octet/core";
import { expect, it } from "vitest";
import { errorCode } from "../../test/support/error-code.ts";
import type { FloatDType } from "../tensors/dtype.ts";

it("a program refuses other dtypes and other shapes by their own codes", () => {
  using backend = createReferenceBackend();
  const x = backend.upload(hostTensor("float32", [2], Float32Array.of(1, -2)));
  using program = backend.record((inputs: { readonly x: Tensor<FloatDType> }) => activation(inputs.x, "relu"), { x });
  const codeOf = (dtype: DType, data: Float32Array | Uint16Array) =>
    errorCode(() => program.run({ x: backend.upload(hostTensor(dtype, [data.length], data as never)) as typeof x }));
  expect(codeOf("float32", new Float32Array(2))).toBeUndefined();
  expect(codeOf("float16", new Uint16Array(2))).toBe("ERR_DTYPE");
  expect(codeOf("float32", new Float32Array(3))).toBe("ERR_SHAPE");
});
