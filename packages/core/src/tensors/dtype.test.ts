import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { allocate, bytesPerElement, type DType, floatDTypes, holdsDType, isDType, isFloatDType } from "./dtype.ts";

const dtypes = Object.keys(bytesPerElement) as DType[];

describe("dtypes", () => {
  it("allocate zeros in the typed array that holds them", () => {
    for (const dtype of dtypes) {
      const data = allocate(dtype, 3);
      expect([...data]).toEqual([0, 0, 0]);
      expect(data.BYTES_PER_ELEMENT).toBe(bytesPerElement[dtype]);
      expect(holdsDType(data, dtype)).toBe(true);
    }
  });

  it("are told from anything else", () => {
    expect(dtypes.every(isDType)).toBe(true);
    expect(floatDTypes.every(isFloatDType)).toBe(true);
    for (const other of ["float64", "F32", "toString", "", 0, null, undefined]) {
      expect([isDType(other), isFloatDType(other)]).toEqual([false, false]);
    }
    expect([isFloatDType("int8"), isFloatDType("int32")]).toEqual([false, false]);
  });

  it("are held by one kind of typed array, of any realm", () => {
    expect(holdsDType(runInNewContext("new Float32Array(2)"), "float32")).toBe(true);
    expect(holdsDType(new Float64Array(2), "float32")).toBe(false);
    expect(holdsDType(new Uint8Array(2), "int8")).toBe(false);
    expect(holdsDType(new DataView(new ArrayBuffer(8)), "float32")).toBe(false);
    expect(holdsDType([1, 2], "float32")).toBe(false);
    expect(holdsDType(undefined, "float32")).toBe(false);
  });
});
