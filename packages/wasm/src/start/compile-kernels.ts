import { OctetError } from "@octet/core";

/**
 * Compiles a binary of the kernels, which some runtimes and pages forbid: nothing tells beforehand.
 * @throws OctetError `ERR_UNAVAILABLE`, with what to allow or to pass instead
 */
export async function compileKernels(binary: Uint8Array<ArrayBuffer>): Promise<WebAssembly.Module> {
  try {
    return await WebAssembly.compile(binary);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new OctetError("ERR_UNAVAILABLE", `wasm: ${remedyFor(reason)} (${reason})`, { cause });
  }
}

function remedyFor(reason: string): string {
  // V8's words where the program around it forbids compiling, as workerd does; pages have words of their own.
  if (/disallowed by embedder/i.test(reason)) {
    return (
      "this runtime forbids compiling WebAssembly while it runs, as Cloudflare Workers do; import a compiled module and pass it: " +
      'import module from "@octet/wasm/relaxed.wasm", createWasmBackend({ module })'
    );
  }
  if (/content security|\bCSP\b|unsafe-eval/i.test(reason)) {
    return "the kernels do not compile; a content security policy has to allow 'wasm-unsafe-eval' for scripts";
  }
  return "the kernels do not compile; use another backend";
}
