import { createReferenceBackend, hostTensor } from "@octet/core";
import * as nn from "@octet/nn";
import { Linear, QuantizedLinear, quantizeModel, ReLU, Sequential } from "@octet/nn";
import { describe, expect, it } from "vitest";
import { foreignError, junkCalls, misuseCode } from "../../../tests/support/misuse.ts";

const backend = createReferenceBackend();
const weight = hostTensor("float32", [2, 3], Float32Array.of(1, 2, 3, 4, 5, 6));
const bias = hostTensor("float32", [2], Float32Array.of(1, 2));
const options = { backend, bias: true };

/** Right arguments of every constructor and function that the package exports: a new export needs a row. */
const rightCalls: Readonly<Record<string, () => readonly unknown[]>> = {
  FloatParameter: () => [[2, 3], { backend }],
  GELU: () => [],
  HostParameter: () => [[2, 3], "float32"],
  Linear: () => [3, 2, options],
  QuantizedLinear: () => [3, 2, options],
  QuantizedParameter: () => [[2, 3], { backend }],
  ReLU: () => [],
  Sequential: () => [new ReLU()],
  SiLU: () => [],
  quantizeModel: () => [new Sequential(new Linear(3, 2, options)), { skip: ["*"] }],
};
const abstract = ["Module", "Parameter"];

/** Right calls of the methods of what they make. */
const rightMethods: readonly (readonly [string, () => object, string, readonly unknown[]])[] = [
  ["Linear", () => new Linear(3, 2, options), "setWeights", [weight, bias]],
  ["Linear", () => new Linear(3, 2, options), "forward", [backend.upload(weight)]],
  ["Linear", () => new Linear(3, 2, options), "loadStateDict", [new Map([["weight", weight]]), { strict: false }]],
  ["Linear", () => new Linear(3, 2, options), "replace", ["x", new ReLU()]],
  ["QuantizedLinear", () => new QuantizedLinear(3, 2, options), "quantizeWeights", [weight, bias]],
  ["QuantizedLinear", () => new QuantizedLinear(3, 2, options), "forward", [backend.upload(weight)]],
  ["QuantizedLinear", () => QuantizedLinear, "fromLinear", [new Linear(3, 2, options), { bits: 8 }]],
  ["ReLU", () => new ReLU(), "forward", [backend.upload(weight)]],
  ["Sequential", () => new Sequential(new ReLU()), "forward", [backend.upload(weight)]],
  ["FloatParameter", () => new nn.FloatParameter([2, 3], { backend }), "fromState", [[weight]]],
  ["FloatParameter", () => new nn.FloatParameter([2, 3], { backend }), "set", [backend.upload(weight)]],
  ["HostParameter", () => new nn.HostParameter([2, 3], "float32"), "fromState", [[weight]]],
  ["QuantizedParameter", () => new nn.QuantizedParameter([2, 3], { backend }), "quantize", [weight]],
  ["QuantizedParameter", () => new nn.QuantizedParameter([2, 3], { backend }), "fromState", [[bias, bias]]],
];

describe("whatever it is given, it throws errors of Octet only:", () => {
  const functions = Object.entries(nn).filter(
    ([name, value]) => typeof value === "function" && !abstract.includes(name),
  );
  it.each(functions)("%s", async (name, value) => {
    const right = rightCalls[name];
    expect(right, `${name} has no row of a right call`).toBeDefined();
    const isClass = /^[A-Z]/.test(name);
    const call = (all: readonly unknown[]) =>
      isClass
        ? Reflect.construct(value as new () => object, all)
        : (value as (...values: unknown[]) => unknown)(...all);
    expect(await misuseCode(() => call(right()))).toBeUndefined();
    for (const values of junkCalls(right())) expect(await foreignError(() => call(values))).toBeUndefined();
  });

  it.each(rightMethods)("a %s", async (_name, make, method, right) => {
    for (const values of junkCalls(right)) {
      const target = make() as Record<string, (...all: unknown[]) => unknown>;
      expect(await foreignError(() => target[method](...values)), method).toBeUndefined();
    }
  });
});

describe("misuse is refused with a code:", () => {
  const model = new Sequential(new Linear(3, 2, { backend }));
  const refused: readonly (readonly [string, () => unknown])[] = [
    ["text for skip", () => quantizeModel(model, { skip: "x" as never })],
    ["a number in skip", () => quantizeModel(model, { skip: [3 as never] })],
    ["null options of quantizeModel", () => quantizeModel(model, null as never)],
    ["a misspelled option of quantizeModel", () => quantizeModel(model, { activation: "int8" } as never)],
    ["no module", () => quantizeModel({} as never)],
    ["bits in text", () => new QuantizedLinear(3, 2, { backend, bits: "8" as never })],
    ["bias in text", () => new Linear(3, 2, { backend, bias: "false" as never })],
    ["a misspelled option", () => new Linear(3, 2, { backend, dType: "float16" } as never)],
    ["an array of layers", () => new Sequential([new ReLU()] as never)],
    ["a function as a layer", () => new Sequential((() => undefined) as never)],
    ["strict in text", () => model.loadStateDict(new Map(), { strict: "no" as never })],
    ["something else than a module to replace", () => model.replace("0", {} as never)],
  ];
  it.each(refused)("%s", async (_name, call) => expect(await misuseCode(call)).toBe("ERR_UNSUPPORTED"));
});
