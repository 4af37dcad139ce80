import type { Library } from "../../arms/library.ts";
import type { SharedDevice } from "../shared-device.ts";
import { octetWebGPU } from "./octet.ts";
import { onnxruntimeWebGPU } from "./onnxruntime-web.ts";
import { tfjsWebGPU } from "./tfjs-webgpu.ts";

/** Everyone who takes part in the linear layer, in the order of the tables. */
export const libraries: readonly Library<SharedDevice>[] = [octetWebGPU, onnxruntimeWebGPU, tfjsWebGPU];
