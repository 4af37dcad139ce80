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

  it.each([
    ["foo", '"foo"'],
    ["", '""'],
    ["Relaxed", '"Relaxed"'],
    [null, "null"],
    [5, "5"],
    [true, "true (a boolean)"],
  ])("refuses %j, and says what there is", (wanted, shown) => {
    expect(() => chooseSimd(wanted as "plain")).toThrow(
      expect.objectContaining({
        code: "ERR_UNSUPPORTED",
        message: `got simd ${shown}; use "plain" or "relaxed", or leave it out`,
      }),
    );
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
