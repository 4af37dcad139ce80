import type { Layouts } from "./layouts.ts";
import type { Probation } from "./probation.ts";
import type { Shader } from "./shader.ts";

export interface PipelineOptions {
  readonly device: GPUDevice;
  readonly layouts: Layouts;
  readonly probation: Probation;
  /** The text to compile instead of a shader's own. */
  readonly rewrite?: ((shader: Shader) => string) | undefined;
}

/** Compiled shaders, each compiled once. */
export class Pipelines {
  readonly #options: PipelineOptions;
  readonly #compiled = new Map<Shader, GPUComputePipeline>();
  readonly #compiling = new Map<Shader, Promise<void>>();

  constructor(options: PipelineOptions) {
    this.#options = options;
  }

  /** The pipeline of a shader, compiled at first use. */
  get(shader: Shader): GPUComputePipeline {
    const known = this.#compiled.get(shader);
    if (known) return known;
    const { device, probation } = this.#options;
    const subject = () => `the shader "${shader.name}"`;
    const pipeline = probation.make(subject, () => device.createComputePipeline(this.#describe(shader)));
    this.#compiled.set(shader, pipeline);
    return pipeline;
  }

  /** Compiles ahead, off the main thread where the browser can. Rejects with a `GPUPipelineError`. */
  async prepare(shaders: readonly Shader[]): Promise<void> {
    await Promise.all(shaders.map((shader) => this.#prepareOne(shader)));
  }

  #prepareOne(shader: Shader): Promise<void> {
    if (this.#compiled.has(shader)) return Promise.resolve();
    const running = this.#compiling.get(shader);
    if (running) return running;
    const compiling = this.#options.device
      .createComputePipelineAsync(this.#describe(shader))
      .then((pipeline) => {
        if (!this.#compiled.has(shader)) this.#compiled.set(shader, pipeline);
      })
      .finally(() => this.#compiling.delete(shader));
    this.#compiling.set(shader, compiling);
    return compiling;
  }

  #describe(shader: Shader): GPUComputePipelineDescriptor {
    const { device, layouts, rewrite } = this.#options;
    const { name: label, source } = shader;
    const module = device.createShaderModule({ label, code: rewrite?.(shader) ?? source });
    return { label, layout: layouts.get(shader).pipeline, compute: { module, entryPoint: "main" } };
  }
}
