import { fromBinary } from "@bufbuild/protobuf";
import { ModelProtoSchema, TensorProto_DataType } from "onnx-buf";
import { describe, expect, it } from "vitest";
import { makeLinearProblem } from "../linear-problem.ts";
import { encodeDynamicInt8Model } from "./dynamic-int8.ts";
import { encodeFloat16Model } from "./float16.ts";
import { encodeFloat32Model } from "./float32.ts";
import { encodeMatMulNBitsModel } from "./mat-mul-n-bits.ts";

const decode = (model: Uint8Array) => fromBinary(ModelProtoSchema, model).graph!;

// That onnxruntime computes what they mean is checked by every run of the bench.
describe("the models (seed 5)", () => {
  const problem = makeLinearProblem(2, 256, 1, 5);
  const codes = problem.quantized.quantized.data;

  it("hold float32 weights transposed", () => {
    const { node, initializer } = decode(encodeFloat32Model(problem));
    expect(node.map(({ opType }) => opType)).toEqual(["MatMul"]);
    expect(initializer[0].dims).toEqual([256n, 2n]);
    expect(new DataView(initializer[0].rawData.slice().buffer).getFloat32(4, true)).toBe(problem.weight[256]);
  });

  it("hold float16 weights transposed, and take float16 activations", () => {
    const { initializer, input, output } = decode(encodeFloat16Model(problem));
    expect(initializer[0].dims).toEqual([256n, 2n]);
    const second = new DataView(initializer[0].rawData.slice().buffer).getFloat16(2, true);
    expect(second).toBe(Math.f16round(problem.weight[256]));
    for (const { type } of [...input, ...output]) {
      expect(type!.value).toMatchObject({ case: "tensorType", value: { elemType: TensorProto_DataType.FLOAT16 } });
    }
  });

  it("quantize activations at run time as quantize_dynamic has it", () => {
    const { node, initializer } = decode(encodeDynamicInt8Model(problem));
    const ops = ["DynamicQuantizeLinear", "MatMulInteger", "Cast", "Mul", "Mul"];
    expect(node.map(({ opType }) => opType)).toEqual(ops);
    expect(initializer.map(({ dims }) => dims)).toEqual([[256n, 2n], [2n], [2n]]);
    expect(new Int8Array(initializer[0].rawData).subarray(0, 2)).toEqual(new Int8Array([codes[0], codes[256]]));
  });

  it("hold unsigned codes in blocks, with the scale of the row for each block", () => {
    const { node, initializer } = decode(encodeMatMulNBitsModel(problem));
    const attributes = Object.fromEntries(node[0].attribute.map(({ name, i }) => [name, Number(i)]));
    expect(attributes).toEqual({ K: 256, N: 2, bits: 8, block_size: 128 });
    expect(initializer.map(({ dims }) => dims)).toEqual([
      [2n, 2n, 128n],
      [2n, 2n],
    ]);
    expect([...initializer[0].rawData]).toEqual([...codes].map((code) => code + 128));
    const [first, second] = problem.quantized.scale.data;
    expect([...new Float32Array(initializer[1].rawData.slice().buffer)]).toEqual([first, first, second, second]);
  });

  it("name the accuracy level where one is asked for", () => {
    const { node } = decode(encodeMatMulNBitsModel(problem, 4));
    expect(node[0].attribute.at(-1)).toMatchObject({ name: "accuracy_level", i: 4n });
  });

  it("refuse what their blocks do not divide", () => {
    expect(() => encodeMatMulNBitsModel(makeLinearProblem(2, 100, 1, 5))).toThrow(RangeError);
  });
});
