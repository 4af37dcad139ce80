import { readFile } from "node:fs/promises";
import { activation, hostTensor } from "@octet/core";
import { createWasmBackend, type Simd, type WasmBackendOptions } from "@octet/wasm";
import { describe, expect, it, test, vi } from "vitest";

/** A file of the package, as a runtime compiles it that imports it. */
async function fileOf(simd: Simd): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await readFile(new URL(`../src/generated/files/${simd}.wasm`, import.meta.url)));
}

/** A module without code, with a custom section of this name and text. */
async function emptyModule(section: string, text: string): Promise<WebAssembly.Module> {
  const content = [section.length, ...new TextEncoder().encode(section + text)];
  return WebAssembly.compile(Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 0, content.length, ...content));
}

describe.each(["plain", "relaxed"] as const)("the module of %s.wasm", (simd) => {
  it("starts where nothing may be compiled, and says which build it is", async () => {
    const module = await WebAssembly.compile(await fileOf(simd));
    const compile = vi.spyOn(WebAssembly, "compile").mockRejectedValue(new WebAssembly.CompileError("no"));
    using backend = await createWasmBackend({ module, threads: 1 });
    compile.mockRestore();
    expect(backend.info.features).toEqual([simd === "relaxed" ? "relaxed-simd" : "simd", "threads=1"]);
    const x = backend.upload(hostTensor("float32", [2], new Float32Array([-1, 2])));
    expect([...(await backend.download(activation(x, "relu"))).data]).toEqual([0, 2]);
  });

  it("runs on one thread, and says why", async () => {
    const module = await WebAssembly.compile(await fileOf(simd));
    using backend = await createWasmBackend({ module, threads: 2 });
    expect(backend.info.features.slice(1)).toEqual([
      "threads=1",
      "no threads: the module that was passed takes the memory of one thread",
    ]);
  });

  it("fits its own simd, and no other", async () => {
    const module = await WebAssembly.compile(await fileOf(simd));
    (await createWasmBackend({ module, simd })).dispose();
    const other = simd === "plain" ? "relaxed" : "plain";
    await expect(createWasmBackend({ module, simd: other })).rejects.toMatchObject({
      code: "ERR_UNSUPPORTED",
      message: `got simd "${other}" and a module of the ${simd} build; leave simd out, or import the other module`,
    });
  });
});

const from = 'import it from "@octet/wasm/relaxed.wasm" or "@octet/wasm/plain.wasm" of this installation';

test.each([
  ["bytes", await fileOf("plain"), `got module bytes; pass a WebAssembly.Module: ${from}`],
  ["an address", "/assets/relaxed.wasm", `got module "/assets/relaxed.wasm"; pass a WebAssembly.Module: ${from}`],
  ["null", null, `got module null; pass a WebAssembly.Module: ${from}`],
  ["a namespace", { default: 1 }, `got module an object; pass a WebAssembly.Module: ${from}`],
  ["another module", await emptyModule("name", "x"), `got a module without the kernels; ${from}`],
  [
    "one of another version",
    await emptyModule("octet", "plain 0"),
    `got a module with the kernels of another version; ${from}`,
  ],
])("a module that is %s is refused", async (_name, module, message) => {
  const start = createWasmBackend({ module } as WasmBackendOptions);
  await expect(start).rejects.toMatchObject({ code: "ERR_UNSUPPORTED", message });
});

test.each([
  [{ threads: "2" }, 'got threads "2"; use a whole number from 1 to 256'],
  [{ threads: null }, "got threads null; use a whole number from 1 to 256"],
  [{ threads: 2n }, "got threads 2 (a bigint); use a whole number from 1 to 256"],
  [{ threads: Object.create(null) }, "got threads an object; use a whole number from 1 to 256"],
  [{ threads: [2] }, "got threads an array; use a whole number from 1 to 256"],
  [{ threads: Symbol("2") }, "got threads Symbol(2) (a symbol); use a whole number from 1 to 256"],
  [{ simd: "fast" }, 'got simd "fast"; use "plain" or "relaxed", or leave it out'],
  [{ simd: ["plain"] }, 'got simd an array; use "plain" or "relaxed", or leave it out'],
  [{ thread: 2 }, 'got the option "thread"; there are threads, simd, module'],
  [{ threads: 1, device: undefined }, 'got the option "device"; there are threads, simd, module'],
  [null, "got the options null; pass an object, or nothing"],
  [2, "got the options 2; pass an object, or nothing"],
  ["plain", 'got the options "plain"; pass an object, or nothing'],
  [[], "got the options an array; pass an object, or nothing"],
  [() => {}, "got the options a function; pass an object, or nothing"],
])("options that are none are refused by name (%#)", async (options, message) => {
  const start = createWasmBackend(options as WasmBackendOptions);
  await expect(start).rejects.toMatchObject({ code: "ERR_UNSUPPORTED", message });
});

test("what is missing in the runtime is ERR_UNAVAILABLE, whatever it throws", async () => {
  vi.stubGlobal("DecompressionStream", undefined);
  await expect(createWasmBackend()).rejects.toMatchObject({ code: "ERR_UNAVAILABLE", cause: expect.any(TypeError) });
  vi.unstubAllGlobals();
});
