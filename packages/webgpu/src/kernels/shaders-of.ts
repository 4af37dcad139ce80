import type { OpSpec } from "@octet/core";
import type { ShaderFeatures } from "../device.ts";
import type { Shader } from "../shader.ts";
import { activationShader } from "./activation.ts";
import { dequantizeShaders } from "./dequantize.ts";
import { linearShaders } from "./linear.ts";
import { quantizeShaders } from "./quantize.ts";

/** Every shader that an op may launch, whatever the shapes of its tensors. */
export function shadersOf(spec: OpSpec, features: ShaderFeatures): Shader[] {
  switch (spec.op) {
    case "quantize":
      return quantizeShaders(spec.dtype, spec.bits, features);
    case "dequantize":
      return dequantizeShaders(spec.dtype);
    case "linear":
      return linearShaders(spec, features);
    case "activation":
      return [activationShader(spec.dtype, spec.kind)];
  }
}
