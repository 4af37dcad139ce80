import { OctetError } from "@octet/core";
import type { WasmBackendOptions } from "./create-wasm-backend.ts";
import { optionText } from "./option-text.ts";

const names: readonly (keyof WasmBackendOptions)[] = ["threads", "simd", "module"];

/** Refuses what cannot be options: what is no object, and names that do not exist. @throws OctetError `ERR_UNSUPPORTED` */
export function checkOptions(options: WasmBackendOptions): void {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw new OctetError("ERR_UNSUPPORTED", `got the options ${optionText(options)}; pass an object, or nothing`);
  }
  const unknown = Object.keys(options).find((name) => !(names as readonly string[]).includes(name));
  if (unknown === undefined) return;
  throw new OctetError("ERR_UNSUPPORTED", `got the option ${optionText(unknown)}; there are ${names.join(", ")}`);
}
