import type { Shader } from "./shader.ts";

/** Compiled shaders, each compiled once. */
export class Pipelines {
  readonly #device: GPUDevice;
  readonly #rewrite: (shader: Shader) => string;
  readonly #compiled = new Map<string, GPUComputePipeline>();
  readonly #compiling = new Map<string, Promise<void>>();

  /** `rewrite` gives the text to compile instead of a shader's own. */
  constructor(device: GPUDevice, rewrite: (shader: Shader) => string = ({ source }) => source) {
    this.#device = device;
    this.#rewrite = rewrite;
  }

  /** The pipeline of a shader, compiled at first use. */
  get(shader: Shader): GPUComputePipeline {
    const known = this.#compiled.get(shader.source);
    if (known) return known;
    const pipeline = this.#device.createComputePipeline(this.#describe(shader));
    this.#compiled.set(shader.source, pipeline);
    return pipeline;
  }

  /** Compiles ahead, off the main thread where the browser can. Rejects with a `GPUPipelineError`. */
  async prepare(shaders: readonly Shader[]): Promise<void> {
    await Promise.all(shaders.map((shader) => this.#prepareOne(shader)));
  }

  #prepareOne(shader: Shader): Promise<void> {
    if (this.#compiled.has(shader.source)) return Promise.resolve();
    const running = this.#compiling.get(shader.source);
    if (running) return running;
    const compiling = this.#device
      .createComputePipelineAsync(this.#describe(shader))
      .then((pipeline) => {
        if (!this.#compiled.has(shader.source)) this.#compiled.set(shader.source, pipeline);
      })
      .finally(() => this.#compiling.delete(shader.source));
    this.#compiling.set(shader.source, compiling);
    return compiling;
  }

  #describe(shader: Shader): GPUComputePipelineDescriptor {
    const { name: label } = shader;
    const module = this.#device.createShaderModule({ label, code: this.#rewrite(shader) });
    return { label, layout: "auto", compute: { module, entryPoint: "main" } };
  }
}
