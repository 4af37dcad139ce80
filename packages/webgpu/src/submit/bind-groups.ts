import type { BoundRange } from "../layout/buffer-range.ts";

/** Bind groups that are kept before older ones are let go: more than the launches of a pass through a large model. */
const generation = 4096;

/**
 * Bind groups, reused: a pass through a model binds the same buffers as the one before, since the pool hands them out in the same order.
 * Those that are not asked for while a generation of others is made are let go.
 */
export class BindGroups {
  readonly #device: GPUDevice;
  readonly #ids = new WeakMap<GPUBuffer, number>();
  #nextId = 0;
  #young = new Map<string, GPUBindGroup>();
  #old = new Map<string, GPUBindGroup>();

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  /** The bind group of a layout, `accesses` names it, with the parameters at binding 0 and the ranges after them. */
  get(
    layout: GPUBindGroupLayout,
    accesses: string,
    params: GPUBufferBinding,
    ranges: readonly BoundRange[],
  ): GPUBindGroup {
    let key = `${accesses} ${this.#idOf(params.buffer)}`;
    for (const { binding } of ranges) key += ` ${this.#idOf(binding.buffer)} ${binding.offset} ${binding.size}`;
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const group = this.#old.get(key) ?? createBindGroup(this.#device, layout, params, ranges);
    if (this.#young.size >= generation) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, group);
    return group;
  }

  #idOf(buffer: GPUBuffer): number {
    const known = this.#ids.get(buffer);
    if (known !== undefined) return known;
    this.#ids.set(buffer, this.#nextId);
    return this.#nextId++;
  }
}

/** A bind group with the parameters at binding 0 and the ranges after them. */
export function createBindGroup(
  device: GPUDevice,
  layout: GPUBindGroupLayout,
  params: GPUBufferBinding,
  ranges: readonly BoundRange[],
): GPUBindGroup {
  const resources = [params, ...ranges.map(({ binding }) => binding)];
  return device.createBindGroup({ layout, entries: resources.map((resource, binding) => ({ binding, resource })) });
}
