import { describe, expect, it } from "vitest";
import { KernelParams, type ParamType } from "./params.ts";

describe("parameters of a kernel", () => {
  const params = new KernelParams({ count: "u32", first: "i32", shift: "u32" });

  it("are members of a struct of the same names, in the declared order", () => {
    expect(params.source).toContain("struct Params { count: u32, first: i32, shift: u32 }");
  });

  it("are written in the declared order, whatever the order of the values", () => {
    const words = new Uint32Array(6).fill(9);
    params.write({ shift: 3, first: -2, count: 2 ** 32 - 1 }, words, 2);
    expect([...words]).toEqual([9, 9, 2 ** 32 - 1, 2 ** 32 - 2, 3, 9]);
  });

  it("are typed by their declaration", () => {
    const words = new Uint32Array(3);
    // @ts-expect-error A value is missing.
    params.write({ count: 1, first: 2 }, words, 0);
    // @ts-expect-error There is no such parameter.
    params.write({ count: 1, first: 2, shift: 3, other: 4 }, words, 0);
  });

  it("take no more than is bound", () => {
    const declare = (count: number) =>
      new KernelParams(Object.fromEntries(Array.from({ length: count }, (_, i) => [`p${i}`, "u32" as ParamType])));
    expect(() => declare(16)).not.toThrow();
    expect(() => declare(17)).toThrow("68 bytes of parameters; 64 are bound");
  });
});
