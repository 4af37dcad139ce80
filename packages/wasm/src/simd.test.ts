import { afterEach, describe, expect, it, vi } from "vitest";
import { chooseSimd } from "./simd.ts";

const validate = WebAssembly.validate;
/** Pretends that the runtime refuses the probes from the second, or the first, on. */
function refuseFrom(refused: number): void {
  let probe = 0;
  vi.spyOn(WebAssembly, "validate").mockImplementation((bytes) => validate(bytes) && ++probe < refused);
}

afterEach(() => vi.restoreAllMocks());

describe("chooseSimd", () => {
  it("takes relaxed SIMD where it is", () => {
    expect(chooseSimd()).toBe("relaxed");
    expect(chooseSimd("plain")).toBe("plain");
  });

  it("takes plain SIMD elsewhere, unless relaxed SIMD was asked for", () => {
    refuseFrom(2);
    expect(chooseSimd()).toBe("plain");
    refuseFrom(2);
    expect(() => chooseSimd("relaxed")).toThrow(expect.objectContaining({ code: "ERR_UNAVAILABLE" }));
  });

  it("says that SIMD is missing", () => {
    refuseFrom(1);
    expect(() => chooseSimd()).toThrow(
      expect.objectContaining({ code: "ERR_UNAVAILABLE", message: expect.stringMatching(/no WebAssembly SIMD/) }),
    );
    vi.stubGlobal("WebAssembly", undefined);
    expect(() => chooseSimd()).toThrow(
      expect.objectContaining({ code: "ERR_UNAVAILABLE", message: expect.stringMatching(/no WebAssembly;/) }),
    );
    vi.unstubAllGlobals();
  });
});
