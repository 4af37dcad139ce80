/** Calls of a device that can be made to fail. */
export type FailingCall =
  | "createBuffer"
  | "createBindGroupLayout"
  | "createBindGroup"
  | "createShaderModule"
  | "createComputePipeline";

/** Descriptors that make what is created invalid. */
const spoiled: Readonly<Record<FailingCall, (descriptor: never) => object>> = {
  createBuffer: (descriptor: GPUBufferDescriptor) => ({ ...descriptor, usage: 0 }),
  createBindGroupLayout: ({ entries: [first] }: GPUBindGroupLayoutDescriptor) => ({ entries: [first, first] }),
  createBindGroup: (descriptor: GPUBindGroupDescriptor) => ({ ...descriptor, entries: [] }),
  createShaderModule: (descriptor: GPUShaderModuleDescriptor) => ({ ...descriptor, code: "nonsense" }),
  createComputePipeline: (descriptor: GPUComputePipelineDescriptor) => ({
    ...descriptor,
    compute: { ...descriptor.compute, entryPoint: "missing" },
  }),
};

export interface FaultyDevice {
  readonly device: GPUDevice;
  /** Has the next such call, of objects with this label, find no memory: what it creates is invalid, as the device then says. */
  readonly failNext: (call: FailingCall, label?: string | undefined) => void;
  /** Has the next submission that clears a buffer be refused. */
  readonly failNextClear: () => void;
  /** Failures that were asked for and have not happened. */
  readonly pending: () => number;
}

/** A real device that fails on demand, once. */
export function faultyDevice(real: GPUDevice): FaultyDevice {
  let failing: { readonly call: FailingCall; readonly label: string | undefined } | undefined;
  let failsClear = false;
  const scopes: { readonly filter: GPUErrorFilter; exhausted: boolean }[] = [];

  const create = (call: FailingCall) => (descriptor: GPUObjectDescriptorBase) => {
    const make = real[call].bind(real) as (descriptor: unknown) => unknown;
    const fails = failing?.call === call && (failing.label === undefined || failing.label === descriptor.label);
    if (!fails) return make(descriptor);
    failing = undefined;
    const scope = scopes.findLast(({ filter }) => filter === "out-of-memory");
    if (scope !== undefined) scope.exhausted = true;
    return make(spoiled[call](descriptor as never));
  };

  const replaced: Record<string, unknown> = {
    ...Object.fromEntries((Object.keys(spoiled) as FailingCall[]).map((call) => [call, create(call)])),
    createCommandEncoder: (descriptor: GPUCommandEncoderDescriptor) => {
      const encoder = real.createCommandEncoder(descriptor);
      const clearBuffer = encoder.clearBuffer.bind(encoder);
      encoder.clearBuffer = (buffer: GPUBuffer, offset?: number, size?: number) => {
        clearBuffer(buffer, offset, failsClear ? 3 : size);
        failsClear = false;
      };
      return encoder;
    },
    pushErrorScope: (filter: GPUErrorFilter) => {
      scopes.push({ filter, exhausted: false });
      real.pushErrorScope(filter);
    },
    popErrorScope: async () => {
      const { exhausted } = scopes.pop() ?? { exhausted: false };
      const error = await real.popErrorScope();
      return exhausted ? { message: "no memory" } : error;
    },
  };
  const device = new Proxy(real, {
    get(target, property) {
      if (Object.hasOwn(replaced, property)) return replaced[property as string];
      const value = Reflect.get(target, property, target) as unknown;
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  return {
    device,
    failNext: (call, label) => {
      failing = { call, label };
    },
    failNextClear: () => {
      failsClear = true;
    },
    pending: () => (failing === undefined ? 0 : 1) + (failsClear ? 1 : 0),
  };
}
