import {
  type AnyHandle,
  advance,
  type Backend,
  type DType,
  type HostTensor,
  hostTensor,
  isFloatDType,
  type State,
  type StateForm,
  sizeOf,
  writeRows,
} from "@octet/core";
import { allocate } from "@octet/core/backend";
import type { ConformanceContext } from "../../case.ts";
import { checkSame } from "../../checks/compare.ts";
import { check } from "../../checks/failure.ts";
import { guardMemory } from "../../checks/guards.ts";
import { keepTensors } from "../../checks/keep-tensors.ts";
import { checkMemory } from "../../checks/memory.ts";
import { download, type HostOperand } from "../../checks/operands.ts";
import { normalTensor } from "../../data/data.ts";
import { Random } from "../../data/random.ts";

export type Keep = <Kept extends AnyHandle>(handle: Kept) => Kept;

/** Two slots: all rows of 3 bytes, and a ring of the last 3 pairs of floats. */
export const counterForm: StateForm = {
  capacity: 12,
  chunk: 4,
  slots: [
    { name: "all", dtype: "int8", shape: [3] },
    { name: "ring", dtype: "float32", shape: [2], keep: 3 },
  ],
};

/** Calls on one backend. Their results are compared, and so are the lengths of states among them. */
export type Script = (on: Backend, keep: Keep, random: Random) => Readonly<Record<string, AnyHandle>>;

/**
 * Runs the same calls on the backend and on the reference, and compares what both give. Nothing is awaited between the calls. Also
 * checks memory() and that the tensors around are as they were.
 */
export async function checkScript(
  { backend, reference }: ConformanceContext,
  script: Script,
  around: readonly HostOperand[] = [],
): Promise<void> {
  const seed = 1;
  const wanted = await keepTensors(async (keep) => {
    const results = script(reference, keep, new Random(seed));
    return Promise.all(Object.values(results).map((handle) => download(reference, handle)));
  });
  const before = backend.memory();
  await keepTensors(async (keepAlive) => {
    const kept: AnyHandle[] = [];
    const keep: Keep = (handle) => {
      kept.push(handle);
      return keepAlive(handle);
    };
    const checkGuards = guardMemory(backend, [...around, ...wanted], keep);
    const results = script(backend, keep, new Random(seed));
    checkMemory(
      backend,
      before,
      kept.filter(({ disposed }) => !disposed),
    );
    for (const [index, [name, handle]] of Object.entries(results).entries()) {
      checkSame(await download(backend, handle), wanted[index], name);
      if ("slots" in handle) checkLength(handle, (wanted[index] as { readonly length: number }).length);
    }
    await checkGuards();
  });
  checkMemory(backend, before, []);
}

export function checkLength(state: State, length: number): void {
  check(state.length === length, `the length of a state is ${state.length}, wanted ${length}`);
}

/** Random rows of a slot, finite where they are floats. */
export function randomRows(dtype: DType, shape: readonly number[], random: Random): HostTensor {
  if (isFloatDType(dtype)) return normalTensor(dtype, shape, random);
  const data = allocate(dtype, sizeOf(shape)).map(() => random.word()) as HostTensor["data"];
  return hostTensor(dtype, shape, data as never);
}

/** Writes random rows to one slot of a state, after its length. */
export function writeRandom(state: State, slot: string, count: number, random: Random): void {
  const { dtype, shape } = state.slots.find(({ name }) => name === slot) as StateForm["slots"][number];
  const x = state.backend.upload(randomRows(dtype, [count, ...shape], random));
  writeRows(state, slot, x);
  x.dispose();
}

/** Adds positions with random rows in every slot. */
export function append(state: State, count: number, random: Random): void {
  for (const { name } of state.slots) writeRandom(state, name, count, random);
  advance(state, count);
}
