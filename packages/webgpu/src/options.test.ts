import { OctetError } from "@octet/core";
import { createWebGPUBackend } from "@octet/webgpu";
import { describe, expect, it } from "vitest";

const refusal = (options: unknown) =>
  createWebGPUBackend(options as never).then(
    (backend) => {
      backend.dispose();
      return "nothing";
    },
    (error: unknown) => (OctetError.isInstance(error) ? `${error.code}: ${error.message}` : String(error)),
  );

describe("options", () => {
  it.each([
    [null, "null"],
    ["high-performance", '"high-performance"'],
    [1, "1"],
    [[], "[]"],
    [{ powerPreference: "fast" }, '"fast" for powerPreference'],
    [{ powerPreference: null }, "null for powerPreference"],
    [{ powerPreference: ["low-power"] }, '["low-power"] for powerPreference'],
    [{ forceFallbackAdapter: "false" }, '"false" for forceFallbackAdapter'],
    [{ forceFallbackAdapter: null }, "null for forceFallbackAdapter"],
    [{ device: {} }, "device"],
    [{ device: null }, "null for device"],
    [{ gpu: {} }, "gpu"],
    [{ gpu: "webgpu" }, '"webgpu" for gpu'],
    [{ withoutFeatures: "subgroups" }, '"subgroups" for withoutFeatures'],
    [{ withoutFeatures: ["packed dot"] }, '["packed dot"] for withoutFeatures'],
    [{ withoutFeatures: null }, "null for withoutFeatures"],
    [{ powerpreference: "low-power" }, '"powerpreference"; the options are device, powerPreference'],
    [{ toString: 1 }, '"toString"'],
  ])("%o are refused", async (options, says) => {
    const message = await refusal(options);
    expect(message).toMatch(/^ERR_UNSUPPORTED: got /);
    expect(message).toContain(says);
  });

  it("may be left out or undefined", async () => {
    expect(await refusal(undefined)).toBe("nothing");
    expect(await refusal({ powerPreference: undefined, device: undefined, gpu: undefined })).toBe("nothing");
    expect(await refusal({ powerPreference: "low-power", withoutFeatures: [] })).toBe("nothing");
  });
});

describe("an entry to WebGPU that fails", () => {
  it.each([
    ["rejects", () => Promise.reject(new TypeError("no adapters today"))],
    [
      "throws",
      () => {
        throw new TypeError("no adapters today");
      },
    ],
  ])("and %s", async (_how, requestAdapter) => {
    expect(await refusal({ gpu: { requestAdapter } })).toMatch(/^ERR_UNAVAILABLE: .*no adapters today/);
  });
});

describe("ops to prepare", () => {
  it("that are no array are refused", async () => {
    const backend = await createWebGPUBackend();
    await expect(backend.prepare?.(null as never)).rejects.toMatchObject({ code: "ERR_UNSUPPORTED" });
    await expect(backend.prepare?.({} as never)).rejects.toMatchObject({ code: "ERR_UNSUPPORTED" });
    backend.dispose();
  });
});
