import { describe, expect, it } from "vitest";
import { errorCode, errorMessage } from "../../test/support/error-code.ts";
import { normals } from "../../test/support/tensors.ts";
import { quantizeSymmetric } from "../ops/quantize.ts";
import type { DType } from "../tensors/dtype.ts";
import type { Granularity } from "../tensors/granularity.ts";
import type { Backend, OpSpec } from "./contract.ts";
import {
  validateActivation,
  validateDequantize,
  validateLinear,
  validateQuantize,
  validateUpload,
} from "./validation.ts";

/** As much of a backend as validation looks at. */
function fakeBackend(
  parts: { disposed?: boolean; maxTensorBytes?: number; supports?: (spec: OpSpec) => boolean } = {},
): Backend {
  const { disposed = false, maxTensorBytes = 1000, supports = () => true } = parts;
  return { disposed, supports, info: { name: "fake", maxTensorBytes } } as unknown as Backend;
}

/** As much of a device tensor as validation looks at. */
function fakeTensor(backend: Backend, shape: number[], dtype: DType = "float32", disposed = false): never {
  return { backend, shape, dtype, disposed } as never;
}

function fakeWeight(backend: Backend, shape: number[], granularity: Granularity): never {
  return { backend, shape, granularity, bits: 8, disposed: false } as never;
}

const perTensor = { kind: "tensor" } as const;
const perChannel = { kind: "channel", dim: 0 } as const;
const backend = fakeBackend();
const other = fakeBackend();
const x = fakeTensor(backend, [2, 4]);
const weight = fakeWeight(backend, [3, 4], perChannel);
const integers = fakeTensor(backend, [3], "int32");

describe("each op refuses", () => {
  const ops: [string, (on: Backend, tensor: never) => unknown][] = [
    ["quantize", (on, tensor) => validateQuantize(on, tensor, { granularity: perTensor })],
    ["dequantize", (on, tensor) => validateDequantize(on, tensor)],
    ["activation", (on, tensor) => validateActivation(on, tensor, "relu")],
    ["linear, as x", (on, tensor) => validateLinear(on, tensor, weight)],
    ["linear, as weight", (on, tensor) => validateLinear(on, x, tensor)],
    ["linear, as bias", (on, tensor) => validateLinear(on, x, weight, { bias: tensor })],
  ];
  for (const [name, validate] of ops) {
    it(`${name}: what is no tensor of this backend`, () => {
      for (const tensor of [
        fakeTensor(other, [2, 4]),
        normals(1, [2, 4]),
        quantizeSymmetric(normals(1, [2, 4])),
        3,
        {},
      ]) {
        expect(errorCode(() => validate(backend, tensor as never))).toBe("ERR_FOREIGN_TENSOR");
      }
      // No bias is no mistake.
      if (name.endsWith("bias")) return;
      expect(errorCode(() => validate(backend, undefined as never))).toBe("ERR_FOREIGN_TENSOR");
    });

    it(`${name}: a disposed tensor, and any tensor once the backend is disposed`, () => {
      expect(errorCode(() => validate(backend, fakeTensor(backend, [2, 4], "float32", true)))).toBe("ERR_DISPOSED");
      expect(errorCode(() => validate(fakeBackend({ disposed: true }), x))).toBe("ERR_DISPOSED");
    });
  }

  const refused: [string, string, () => unknown][] = [
    ["quantize: integers", "ERR_DTYPE", () => validateQuantize(backend, integers, { granularity: perTensor })],
    ["quantize: codes", "ERR_DTYPE", () => validateQuantize(backend, weight, { granularity: perTensor })],
    ["quantize: no options", "ERR_UNSUPPORTED", () => validateQuantize(backend, x, undefined as never)],
    ["quantize: no granularity", "ERR_UNSUPPORTED", () => validateQuantize(backend, x, {} as never)],
    ["quantize: 9 bits", "ERR_UNSUPPORTED", () => validateQuantize(backend, x, { granularity: perTensor, bits: 9 })],
    [
      "quantize: groups that do not divide",
      "ERR_SHAPE",
      () => validateQuantize(backend, x, { granularity: { kind: "group", size: 3 } }),
    ],
    [
      "quantize: a dim that is no axis",
      "ERR_SHAPE",
      () => validateQuantize(backend, x, { granularity: { kind: "channel", dim: 2 } }),
    ],
    ["dequantize: floats", "ERR_DTYPE", () => validateDequantize(backend, x)],
    ["dequantize: to integers", "ERR_DTYPE", () => validateDequantize(backend, weight, "int8" as never)],
    ["activation: codes", "ERR_DTYPE", () => validateActivation(backend, weight, "relu")],
    ["activation: integers", "ERR_DTYPE", () => validateActivation(backend, integers, "relu")],
    ["activation: another kind", "ERR_UNSUPPORTED", () => validateActivation(backend, x, "tanh" as never)],
    ["linear: codes as x", "ERR_DTYPE", () => validateLinear(backend, weight, weight)],
    ["linear: codes as bias", "ERR_DTYPE", () => validateLinear(backend, x, weight, { bias: weight })],
    ["linear: an integer weight", "ERR_DTYPE", () => validateLinear(backend, x, fakeTensor(backend, [3, 4], "int8"))],
    ["linear: an integer bias", "ERR_DTYPE", () => validateLinear(backend, x, weight, { bias: integers })],
    [
      "linear: a bias of another length",
      "ERR_SHAPE",
      () => validateLinear(backend, x, weight, { bias: fakeTensor(backend, [4]) }),
    ],
    [
      "linear: x with another last axis",
      "ERR_SHAPE",
      () => validateLinear(backend, fakeTensor(backend, [2, 3]), weight),
    ],
    [
      "linear: groups with int8",
      "ERR_UNSUPPORTED",
      () =>
        validateLinear(backend, x, fakeWeight(backend, [3, 4], { kind: "group", size: 2 }), { activations: "int8" }),
    ],
    [
      "linear: scales on dim 1",
      "ERR_UNSUPPORTED",
      () => validateLinear(backend, x, fakeWeight(backend, [3, 4], { kind: "channel", dim: 1 })),
    ],
    ["upload: nothing", "ERR_DTYPE", () => validateUpload(backend, undefined as never)],
    ["upload: a number", "ERR_DTYPE", () => validateUpload(backend, 3 as never)],
    [
      "upload: scales of another shape",
      "ERR_FORMAT",
      () => validateUpload(backend, { ...quantizeSymmetric(normals(1, [2])), scale: normals(1, [3]) }),
    ],
    [
      "upload to a disposed backend",
      "ERR_DISPOSED",
      () => validateUpload(fakeBackend({ disposed: true }), normals(1, [2])),
    ],
  ];
  for (const [name, code, action] of refused) {
    it(`${name}, with ${code}`, () => expect(errorCode(action)).toBe(code));
  }
});

it("defaults are filled in and dims counted from the front", () => {
  expect(validateQuantize(backend, x, { granularity: { kind: "channel", dim: -2 } })).toEqual({
    granularity: perChannel,
    bits: 8,
  });
  expect(validateDequantize(backend, weight)).toEqual({ dtype: "float16" });
  expect(validateLinear(backend, x, weight, { bias: null })).toEqual({
    ...{ m: 2, n: 3, k: 4, outputShape: [2, 3], activations: "float", dtype: "float32", bias: undefined },
  });
});

describe("a backend that supports nothing", () => {
  const asked: OpSpec[] = [];
  const nothing = fakeBackend({ supports: (spec) => asked.push(spec) < 0 });
  const own = fakeTensor(nothing, [2, 4], "float16");
  const ownWeight = fakeWeight(nothing, [3, 4], perChannel);
  const bias = fakeTensor(nothing, [3], "bfloat16");

  it("is asked with every parameter of the op, and the error names them", () => {
    const actions = [
      () => validateQuantize(nothing, own, { granularity: perTensor, bits: 4 }),
      () => validateDequantize(nothing, ownWeight, "bfloat16"),
      () => validateLinear(nothing, own, ownWeight, { bias, activations: "int8", dtype: "float32" }),
      () => validateLinear(nothing, own, fakeTensor(nothing, [3, 4], "bfloat16")),
      () => validateActivation(nothing, own, "silu"),
    ];
    for (const action of actions) expect(errorCode(action)).toBe("ERR_UNSUPPORTED");
    const linear = { op: "linear", dtype: "float16" } as const;
    const wanted: OpSpec[] = [
      { op: "quantize", dtype: "float16", granularity: perTensor, bits: 4 },
      { op: "dequantize", dtype: "bfloat16", granularity: perChannel, bits: 8 },
      {
        ...linear,
        outputDType: "float32",
        activations: "int8",
        weight: { granularity: perChannel, bits: 8 },
        bias: "bfloat16",
      },
      { ...linear, outputDType: "float16", activations: "float", weight: { dtype: "bfloat16" } },
      { op: "activation", dtype: "float16", kind: "silu" },
    ];
    expect(asked).toEqual(wanted);
    expect(errorMessage(actions[4])).toContain("silu");
  });
});

describe("a backend that holds 64 bytes a tensor", () => {
  const small = fakeBackend({ maxTensorBytes: 64 });
  const cases: [string, () => unknown, () => unknown][] = [
    ["an upload", () => validateUpload(small, normals(1, [16])), () => validateUpload(small, normals(1, [17]))],
    [
      "an upload of codes and scales",
      () => validateUpload(small, quantizeSymmetric(normals(1, [60]))),
      () => validateUpload(small, quantizeSymmetric(normals(1, [61]))),
    ],
    [
      "codes and scales of quantize",
      () => validateQuantize(small, fakeTensor(small, [12]), { granularity: { kind: "group", size: 1 } }),
      () => validateQuantize(small, fakeTensor(small, [13]), { granularity: { kind: "group", size: 1 } }),
    ],
    [
      "the result of dequantize",
      () => validateDequantize(small, fakeWeight(small, [4, 8], perTensor)),
      () => validateDequantize(small, fakeWeight(small, [4, 8], perTensor), "float32"),
    ],
    [
      "the result of linear",
      () => validateLinear(small, fakeTensor(small, [4, 1]), fakeWeight(small, [4, 1], perTensor)),
      () => validateLinear(small, fakeTensor(small, [5, 1]), fakeWeight(small, [4, 1], perTensor)),
    ],
  ];
  for (const [name, fits, exceeds] of cases) {
    it(`refuses more for ${name}`, () => {
      expect([errorCode(fits), errorCode(exceeds)]).toEqual([undefined, "ERR_OUT_OF_MEMORY"]);
    });
  }
});
