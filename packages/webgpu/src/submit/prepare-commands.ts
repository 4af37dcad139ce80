import { bufferUsage } from "../gpu-flags.ts";
import { paramsBytes } from "../params.ts";
import { createBindGroup } from "./bind-groups.ts";
import { paramsStride } from "./bind-layouts.ts";
import { buffersOf, type Command, type Dispatch, type PreparedDispatch } from "./command.ts";
import type { CommandEncoderOptions } from "./command-encoder.ts";
import { foldGrid } from "./fold-grid.ts";

/** Commands that can be submitted again and again. */
export interface PreparedCommands {
  readonly commands: Command[];
  /** Of all dispatches; undefined if there is none. The caller destroys it. */
  readonly params: GPUBuffer | undefined;
}

/** Makes bind groups, and writes parameters, for all dispatches among some commands. The rest stays what it is. */
export function prepareCommands(options: CommandEncoderOptions, commands: Command[]): PreparedCommands {
  const dispatches = commands.filter((command) => command.kind === "dispatch");
  if (dispatches.length === 0) return { commands, params: undefined };
  const params = writeParams(options, dispatches);
  let offset = -paramsStride;
  const prepared = commands.map((command) => {
    if (command.kind !== "dispatch") return command;
    offset += paramsStride;
    return prepareDispatch(options, command, params, offset);
  });
  return { commands: prepared, params };
}

function prepareDispatch(
  { device, pipelines, layouts, probation, maxGridExtent }: CommandEncoderOptions,
  command: Dispatch,
  buffer: GPUBuffer,
  offset: number,
): PreparedDispatch {
  const { shader, ranges, workgroups } = command;
  const pipeline = pipelines.get(shader);
  const params = { buffer, offset: 0, size: paramsBytes };
  const bindGroup = probation.make(
    () => `the buffers of "${shader.name}"`,
    () => createBindGroup(device, layouts.get(shader).bindGroup, params, ranges),
  );
  return {
    kind: "prepared",
    shader,
    pipeline,
    bindGroup,
    offsets: [offset],
    grid: foldGrid(workgroups, maxGridExtent),
    workgroups,
    buffers: [...buffersOf(command), buffer],
  };
}

function writeParams({ device, probation }: CommandEncoderOptions, dispatches: readonly Dispatch[]): GPUBuffer {
  const words = new Uint32Array((dispatches.length * paramsStride) / 4);
  for (const [index, { shader, params }] of dispatches.entries()) {
    shader.params.write(params, words, (index * paramsStride) / 4);
  }
  return probation.make(
    () => "the parameters of a program",
    () => {
      const usage = bufferUsage.uniform | bufferUsage.copyTarget;
      const buffer = device.createBuffer({ label: "octet program", size: words.byteLength, usage });
      device.queue.writeBuffer(buffer, 0, words);
      return buffer;
    },
  );
}
