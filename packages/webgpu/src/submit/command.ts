import type { BoundRange } from "../layout/buffer-range.ts";
import type { ParamTypes, ParamValues } from "../params.ts";
import type { Shader } from "../shader.ts";

/** A kernel on its parameters and buffers. */
export interface Dispatch {
  readonly kind: "dispatch";
  readonly shader: Shader;
  readonly params: ParamValues<ParamTypes>;
  /** In the order of the shader's `buffers`. */
  readonly ranges: readonly BoundRange[];
  readonly workgroups: number;
}

/** A dispatch of a recorded program: what the device needs for it was made once. */
export interface PreparedDispatch {
  readonly kind: "prepared";
  readonly shader: Shader;
  readonly pipeline: GPUComputePipeline;
  readonly bindGroup: GPUBindGroup;
  /** Of its parameters, in bytes. */
  readonly offsets: readonly [number];
  readonly grid: readonly [x: number, y: number];
  readonly workgroups: number;
  /** What it touches, parameters included. */
  readonly buffers: readonly GPUBuffer[];
}

/** Fills the first bytes of a buffer with zeroes. */
export interface Clear {
  readonly kind: "clear";
  readonly buffer: GPUBuffer;
  readonly bytes: number;
}

/** Copies the first bytes of a buffer, rounded up to whole words, to a place in another. */
export interface Copy {
  readonly kind: "copy";
  readonly from: GPUBuffer;
  readonly to: GPUBuffer;
  /** Bytes */
  readonly start: number;
  readonly bytes: number;
}

/** One step of an op. Steps run in order, each after the one before has finished. */
export type Command = Dispatch | PreparedDispatch | Clear | Copy;

/** The buffers that a command touches. */
export function buffersOf(command: Command): readonly GPUBuffer[] {
  switch (command.kind) {
    case "dispatch":
      return command.ranges.map(({ binding }) => binding.buffer);
    case "prepared":
      return command.buffers;
    case "clear":
      return [command.buffer];
    case "copy":
      return [command.from, command.to];
  }
}

/** For messages: what commands do, each once. */
export function nameCommands(commands: readonly Command[]): string {
  const names = new Set(commands.map((command) => ("shader" in command ? `"${command.shader.name}"` : command.kind)));
  return names.size === 1 ? `the op ${[...names]}` : `one of the ops ${[...names].join(", ")}`;
}
