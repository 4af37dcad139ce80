import type { Library, Threads } from "../arms/library.ts";
import { reference, wasmPlain, wasmRelaxed } from "../octet-backends.ts";
import { octetLibrary } from "./octet.ts";
import { onnxruntimeNode } from "./onnxruntime-node.ts";
import { onnxruntimeWeb } from "./onnxruntime-web.ts";
import { tfjsWasm } from "./tfjs-wasm.ts";

/** Everyone who takes part in the linear layer, in the order of the tables. */
export const libraries: readonly Library<Threads>[] = [
  octetLibrary(wasmRelaxed),
  octetLibrary(wasmPlain),
  octetLibrary(reference, 1),
  onnxruntimeWeb,
  onnxruntimeNode,
  tfjsWasm,
];
