import { paramsBytes } from "../params.ts";
import type { Shader } from "../shader.ts";

export interface BindLayout {
  readonly bindGroup: GPUBindGroupLayout;
  readonly pipeline: GPUPipelineLayout;
}

/** Where the parameters of a launch may start in a uniform buffer, in bytes: the alignment that every device accepts. */
export const paramsStride = 256;

/** What `GPUShaderStage.COMPUTE` is. */
const computeStage = 0x4;

/**
 * Layouts of bind groups: parameters at an offset that is told at the launch, then buffers. Shaders that read and write the same number
 * of buffers share one, so that a bind group serves them all.
 */
export class BindLayouts {
  readonly #device: GPUDevice;
  readonly #made = new Map<string, BindLayout>();

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  get({ accesses }: Pick<Shader, "accesses">): BindLayout {
    const known = this.#made.get(accesses);
    if (known) return known;
    const types: readonly GPUBufferBindingType[] = [...accesses].map((access) =>
      access === "r" ? "read-only-storage" : "storage",
    );
    const bindGroup = this.#device.createBindGroupLayout({
      entries: [
        {
          binding: 0,
          visibility: computeStage,
          buffer: { type: "uniform", hasDynamicOffset: true, minBindingSize: paramsBytes },
        },
        ...types.map((type, index) => ({ binding: index + 1, visibility: computeStage, buffer: { type } })),
      ],
    });
    const pipeline = this.#device.createPipelineLayout({ bindGroupLayouts: [bindGroup] });
    const layout = { bindGroup, pipeline };
    this.#made.set(accesses, layout);
    return layout;
  }

  /** Forgets all layouts, so that they are made again. Objects made with an old layout work with its equal. */
  clear(): void {
    this.#made.clear();
  }
}
