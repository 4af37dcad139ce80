import { expect, it } from "vitest";
import { errorCode } from "../../test/support/error-code.ts";
import { dequantize } from "../ops/dequantize.ts";
import { createReferenceBackend } from "../reference/reference-backend.ts";
import { hostTensor } from "../tensors/host-tensor.ts";

const scale = hostTensor("float32", [], Float32Array.of(1));

for (const [bits, lowest, highest] of [
  [2, -2, 1],
  [4, -8, 7],
  [7, -64, 63],
] as const) {
  it(`codes of ${bits} bits are ${lowest} to ${highest}, both included`, () => {
    const restore = (code: number) => {
      const quantized = hostTensor("int8", [1], Int8Array.of(code));
      return dequantize({ quantized, scale, granularity: { kind: "tensor" }, bits }, { dtype: "float32" });
    };
    expect([...restore(lowest).data, ...restore(highest).data]).toEqual([lowest, highest]);
    expect(errorCode(() => restore(lowest - 1))).toBe("ERR_FORMAT");
    expect(errorCode(() => restore(highest + 1))).toBe("ERR_FORMAT");
  });
}

it("the reference backend is disposed at the end of its block", () => {
  let kept: ReturnType<typeof createReferenceBackend>;
  {
    using backend = createReferenceBackend();
    kept = backend;
  }
  expect(errorCode(() => kept.upload(scale))).toBe("ERR_DISPOSED");
});
