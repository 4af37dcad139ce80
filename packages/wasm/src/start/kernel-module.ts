import { OctetError } from "@octet/core";
import { kernelDigest } from "../generated/inlined.ts";
import { optionText } from "../option-text.ts";
import type { Simd } from "./simd.ts";

const advice = 'import it from "@octet/wasm/relaxed.wasm" or "@octet/wasm/plain.wasm" of this installation';

/**
 * Which build of the kernels a compiled module is: the files carry it, and the digest of the kernels, in a section "octet"
 * (scripts/label-kernels.ts).
 * @throws OctetError `ERR_UNSUPPORTED` for what is not a module of this version
 */
export function identifyModule(module: WebAssembly.Module): Simd {
  const [simd, digest] = readLabel(module).split(" ");
  if ((simd === "plain" || simd === "relaxed") && digest === kernelDigest) return simd;
  const got = digest === undefined ? "without the kernels" : "with the kernels of another version";
  throw new OctetError("ERR_UNSUPPORTED", `got a module ${got}; ${advice}`);
}

function readLabel(module: WebAssembly.Module): string {
  try {
    const [label] = WebAssembly.Module.customSections(module, "octet");
    return label === undefined ? "" : new TextDecoder().decode(label);
  } catch (cause) {
    const got = module instanceof Uint8Array ? "bytes" : optionText(module);
    throw new OctetError("ERR_UNSUPPORTED", `got module ${got}; pass a WebAssembly.Module: ${advice}`, { cause });
  }
}
