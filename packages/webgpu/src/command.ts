import type { BoundRange } from "./buffer-range.ts";
import type { Shader } from "./shader.ts";

/** A kernel on its parameters and buffers. */
export interface Launch {
  readonly kind: "launch";
  readonly shader: Shader;
  /** In the order of the shader's `params`. */
  readonly params: readonly number[];
  /** In the order of the shader's `buffers`. */
  readonly ranges: readonly BoundRange[];
  readonly workgroups: number;
}

/** One step of an op. Steps run in order, each after the one before has finished. */
export type Command = Launch | { readonly kind: "clear"; readonly buffer: GPUBuffer; readonly bytes: number };

/** The buffers that a command touches. */
export function buffersOf(command: Command): readonly GPUBuffer[] {
  return command.kind === "clear" ? [command.buffer] : command.ranges.map(({ binding }) => binding.buffer);
}
