import { OctetError } from "@octet/core";

export interface WebGPUBackendOptions {
  /**
   * A device that the application has already, to share: tensors are buffers of this device, its limits hold, and disposing the backend
   * leaves it alone. Default: the backend makes its own, with all that the adapter offers.
   */
  readonly device?: GPUDevice;
  /** For a device of its own: "high-performance" or "low-power". Default: the browser's choice. */
  readonly powerPreference?: GPUPowerPreference;
  /** For a device of its own: asks for the software adapter. Default false. */
  readonly forceFallbackAdapter?: boolean;
  /** The entry to WebGPU. Default: `navigator.gpu`, in Node that of the npm package `webgpu`. */
  readonly gpu?: GPU;
  /** Optional features of WGSL that are not to be used although they are there. Results are the same bits without them. */
  readonly withoutFeatures?: readonly ("packed-dot" | "subgroups")[];
}

/** What an option takes: in words, and as a check. */
type Rule = readonly [wanted: string, accepts: (value: unknown) => boolean];

const optionalFeatures = ["packed-dot", "subgroups"];

const rules: Readonly<Record<keyof WebGPUBackendOptions, Rule>> = {
  device: ["a GPUDevice", (value) => hasMethod(value, "createComputePipeline")],
  powerPreference: [
    '"high-performance" or "low-power"',
    (value) => value === "high-performance" || value === "low-power",
  ],
  forceFallbackAdapter: ["true or false", (value) => typeof value === "boolean"],
  gpu: ["a GPU, as navigator.gpu is one", (value) => hasMethod(value, "requestAdapter")],
  withoutFeatures: [
    'an array of "packed-dot" and "subgroups"',
    (value) => Array.isArray(value) && value.every((feature) => optionalFeatures.includes(feature)),
  ],
};

/**
 * Checks the options of a backend; one that is undefined counts as left out.
 * @throws OctetError `ERR_UNSUPPORTED` naming the option, what it is and what it takes
 */
export function validateOptions(options: WebGPUBackendOptions): void {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw new OctetError("ERR_UNSUPPORTED", `got the options ${show(options)}; pass an object, or nothing`);
  }
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(rules, name)) {
      throw new OctetError(
        "ERR_UNSUPPORTED",
        `got the option ${show(name)}; the options are ${Object.keys(rules).join(", ")}`,
      );
    }
    const [wanted, accepts] = rules[name as keyof WebGPUBackendOptions];
    if (value === undefined || accepts(value)) continue;
    throw new OctetError("ERR_UNSUPPORTED", `got ${show(value)} for ${name}; pass ${wanted}, or leave it out`);
  }
}

function hasMethod(value: unknown, name: string): boolean {
  return typeof value === "object" && value !== null && typeof Reflect.get(value, name) === "function";
}

/** A value for a message: the text "2" differs from the number 2, and an object is shown only by its kind. */
function show(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(show).join(", ")}]`;
  if (value === null || typeof value === "number" || typeof value === "boolean") return String(value);
  return `a value of type ${typeof value}`;
}
