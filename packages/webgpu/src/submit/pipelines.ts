import type { Shader } from "../shader.ts";
import type { BindLayouts } from "./bind-layouts.ts";
import { refused, watchErrors } from "./error-scopes.ts";
import type { Probation } from "./probation.ts";

export interface PipelineOptions {
  readonly device: GPUDevice;
  readonly layouts: BindLayouts;
  readonly probation: Probation;
  /** The text to compile instead of a shader's own. */
  readonly rewrite?: ((shader: Shader) => string) | undefined;
}

/** Compiled shaders, each compiled once; one that fails, at each use. */
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
    const { device, layouts, probation } = this.#options;
    const pipeline = probation.make(nameOf(shader), () => device.createComputePipeline(this.#describe(shader)));
    this.#compiled.set(shader, pipeline);
    probation.verdictOn(pipeline)?.then((error) => {
      if (error === undefined) return;
      layouts.clear();
      if (this.#compiled.get(shader) === pipeline) this.#compiled.delete(shader);
    });
    return pipeline;
  }

  /** Compiles ahead, off the main thread where the browser can. @throws OctetError `ERR_UNSUPPORTED`, `ERR_OUT_OF_MEMORY` */
  async prepare(shaders: readonly Shader[]): Promise<void> {
    await Promise.all(shaders.map((shader) => this.#prepareOne(shader)));
  }

  #prepareOne(shader: Shader): Promise<void> {
    if (this.#compiled.has(shader)) return Promise.resolve();
    const running = this.#compiling.get(shader);
    if (running) return running;
    const compiling = this.#compileAhead(shader).finally(() => this.#compiling.delete(shader));
    this.#compiling.set(shader, compiling);
    return compiling;
  }

  async #compileAhead(shader: Shader): Promise<void> {
    const { device, layouts } = this.#options;
    const { result, verdict } = watchErrors(device, nameOf(shader), () =>
      device.createComputePipelineAsync(this.#describe(shader)),
    );
    try {
      const pipeline = await result;
      const fault = await verdict;
      if (fault !== undefined) throw fault;
      if (!this.#compiled.has(shader)) this.#compiled.set(shader, pipeline);
    } catch (error) {
      layouts.clear();
      throw (await verdict) ?? refused(nameOf(shader)(), error);
    }
  }

  #describe(shader: Shader): GPUComputePipelineDescriptor {
    const { device, layouts, rewrite } = this.#options;
    const { name: label, source } = shader;
    const module = device.createShaderModule({ label, code: rewrite?.(shader) ?? source });
    return { label, layout: layouts.get(shader).pipeline, compute: { module, entryPoint: "main" } };
  }
}

/** For messages. */
function nameOf({ name }: Shader): () => string {
  return () => `the shader "${name}"`;
}
