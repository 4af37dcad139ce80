import { describe, expect, it } from "vitest";
import { loadKernelBinary } from "./kernel-binary.ts";
import { shareMemoryImport } from "./shared-import.ts";

const header = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];

/** A module that imports a memory `a.b` with these flags and limits, after a custom section of 200 bytes. */
function moduleWith(limits: readonly number[]): Uint8Array {
  const custom = [0x00, 0xc8, 0x01, 0x01, 0x78, ...new Array<number>(198).fill(0)];
  const imports = [0x01, 0x01, 0x61, 0x01, 0x62, 0x02, ...limits];
  return new Uint8Array([...header, ...custom, 0x02, imports.length, ...imports]);
}

describe("shareMemoryImport", () => {
  it("changes the flags of the memory and nothing else", () => {
    const binary = moduleWith([0x01, 0x01, 0x10]);
    const shared = shareMemoryImport(binary);
    expect(binary).toEqual(moduleWith([0x01, 0x01, 0x10]));
    expect(shared).toEqual(moduleWith([0x03, 0x01, 0x10]));
    expect(WebAssembly.validate(shared)).toBe(true);
  });

  it("refuses a memory without a maximum, and a binary without one", () => {
    expect(() => shareMemoryImport(moduleWith([0x00, 0x01]))).toThrow();
    expect(() => shareMemoryImport(new Uint8Array(header))).toThrow();
  });

  it.each(["plain", "relaxed"] as const)("lets one %s binary serve both kinds of memory", async (simd) => {
    const binary = await loadKernelBinary(simd);
    for (const shared of [false, true]) {
      const module = await WebAssembly.compile(shared ? shareMemoryImport(binary) : binary);
      const take = (kind: boolean) =>
        new WebAssembly.Instance(module, {
          env: { memory: new WebAssembly.Memory({ initial: 1, maximum: 65536, shared: kind }) },
        });
      expect(() => take(shared)).not.toThrow();
      expect(() => take(!shared)).toThrow(WebAssembly.LinkError);
    }
  });
});
