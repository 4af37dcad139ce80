import {
  advance,
  type Backend,
  type DType,
  type FloatDType,
  type HostTensor,
  hostTensor,
  narrow,
  positions,
  readRows,
  type State,
  type StateForm,
  sizeOf,
  type Tensor,
  writeRows,
} from "@octet/core";
import { allocate } from "@octet/core/backend";
import { createCUDABackend } from "@octet/cuda";
import { describe, expect, test } from "vitest";
import { emulatorMissing } from "./emulator.ts";
import { onBoth, threadOrders } from "./on-both.ts";

/** Rows of 1, 2, 4, 6, 10, 12, 16 and 40 bytes, kept whole and as rings. */
const form: StateForm = {
  capacity: 24,
  chunk: 5,
  slots: [
    { name: "byte", dtype: "int8", shape: [1] },
    { name: "bytes", dtype: "int8", shape: [3], keep: 4 },
    { name: "half", dtype: "float16", shape: [1] },
    { name: "halves", dtype: "float16", shape: [5], keep: 3 },
    { name: "brain", dtype: "bfloat16", shape: [2, 10], keep: 6 },
    { name: "short", dtype: "int16", shape: [3] },
    { name: "token", dtype: "uint16", shape: [2], keep: 1 },
    { name: "count", dtype: "int32", shape: [], keep: 2 },
    { name: "float", dtype: "float32", shape: [3] },
    { name: "four", dtype: "float32", shape: [2, 2], keep: 7 },
  ],
};

/** Numbers from -50 to 50 that differ from place to place and from seed to seed. */
function numbers(dtype: DType, shape: readonly number[], seed: number): HostTensor {
  const values = Float32Array.from({ length: sizeOf(shape) }, (_, i) => ((i * 37 + seed * 11) % 101) - 50);
  if (dtype === "float32" || dtype === "float16" || dtype === "bfloat16") {
    return hostTensor(dtype, shape, narrow(values, dtype));
  }
  const data = allocate(dtype, values.length);
  data.set(values);
  return hostTensor(dtype, shape, data);
}

/** Writes `count` positions to every slot. */
function append(backend: Backend, state: State, count: number, seed: number): void {
  for (const { name, dtype, shape } of state.slots) {
    using x = backend.upload(numbers(dtype, [count, ...shape], seed));
    writeRows(state, name, x);
  }
  advance(state, count);
}

async function readAll(backend: Backend, state: State): Promise<unknown[]> {
  const results: unknown[] = [state.length, await backend.download(state)];
  for (const { name, keep = state.capacity } of state.slots) {
    for (const count of new Set([0, 1, keep])) {
      using rows = readRows(state, name, count);
      results.push(await backend.download(rows));
    }
  }
  using next = positions(state, Math.min(5, state.capacity - state.length));
  results.push(await backend.download(next));
  return results;
}

describe.skipIf(emulatorMissing).each(threadOrders)("states, thread order $seed, copies land $copies", (emulated) => {
  test("hold rows of every size, over the ends of rings, cut, copied, saved and loaded", async () => {
    const { got, wanted } = await onBoth(emulated, async (backend) => {
      const results: unknown[] = [];
      const state = backend.state(form);
      results.push(await readAll(backend, state));
      for (const [i, count] of [1, 5, 0, 2, 5, 5].entries()) {
        append(backend, state, count, i);
        results.push(await readAll(backend, state));
      }
      state.truncate(17);
      const copy = state.copy();
      append(backend, copy, 4, 90);
      append(backend, state, 1, 91);
      const loaded = backend.upload(await backend.download(state));
      append(backend, loaded, 3, 92);
      for (const one of [state, copy, loaded]) results.push(await readAll(backend, one));
      state.reset();
      append(backend, state, 2, 93);
      results.push(await readAll(backend, state));
      return results;
    });
    expect(got).toEqual(wanted);
  });

  test.each(["float16", "bfloat16", "float32"] as const)("undo rows of %s that are not finite", async (dtype) => {
    using backend = await createCUDABackend({ emulated });
    const state = backend.state({ capacity: 8, slots: [{ name: "rows", dtype, shape: [3] }] });
    const write = (values: readonly number[]) => {
      using x = backend.upload(hostTensor(dtype, [values.length / 3, 3], narrow(Float32Array.from(values), dtype)));
      writeRows(state, "rows", x);
      advance(state, values.length / 3);
    };
    write([1, 2, 3]);
    const before = await backend.download(state);
    write([4, 5, 6, 7, Number.NEGATIVE_INFINITY, Number.NaN]);
    write([8, 9, 10]);
    const nonFinite = { code: "ERR_NON_FINITE", message: expect.stringMatching(/2 elements.*element 4/) };
    await expect(backend.download(readRows(state, "rows", 1))).rejects.toMatchObject(nonFinite);
    expect(state.length).toBe(1);
    expect(await backend.download(state)).toEqual(before);
    write([11, 12, 13]);
    expect((await backend.download(state)).rows[0]!.shape).toEqual([2, 3]);
    await backend.sync();
  });

  test("go on from run to run of a program, and each run undoes its own", async () => {
    const slots = [
      { name: "ring", dtype: "float32", shape: [3], keep: 2 },
      { name: "all", dtype: "int16", shape: [1] },
    ] as const;
    const { got, wanted } = await onBoth(emulated, async (backend) => {
      const state = backend.state({ capacity: 16, chunk: 4, slots });
      const floats = (seed: number, ...bad: number[]): Tensor<FloatDType> =>
        backend.upload(
          hostTensor(
            "float32",
            [2, 3],
            Float32Array.from({ length: 6 }, (_, i) => bad[i] ?? seed + i),
          ),
        );
      const shorts = (seed: number) => backend.upload(numbers("int16", [2, 1], seed) as HostTensor<"int16">);
      const record = { x: floats(0), y: shorts(0), state };
      using program = backend.record((inputs: { x: Tensor<FloatDType>; y: Tensor<"int16">; state: State }) => {
        writeRows(inputs.state, "ring", inputs.x);
        writeRows(inputs.state, "all", inputs.y);
        const at = positions(inputs.state, 2);
        advance(inputs.state, 2);
        return { at, ring: readRows(inputs.state, "ring", 2) };
      }, record);
      const results: unknown[] = [state.length];
      const run = async (x: Tensor<FloatDType>, y: Tensor<"int16">) => {
        const { at, ring } = program.run({ x, y, state });
        results.push(await backend.download(at), await backend.download(ring), state.length);
      };
      await run(floats(10), shorts(1));
      await run(floats(20), shorts(2));
      await expect(run(floats(30, 1, Number.NaN), shorts(3))).rejects.toMatchObject({ code: "ERR_NON_FINITE" });
      results.push(state.length);
      state.truncate(3);
      await run(floats(40), shorts(4));
      results.push(await backend.download(state));
      return results;
    });
    expect(got).toEqual(wanted);
  });

  test("are downloaded as they were, though they are written meanwhile", async () => {
    using backend = await createCUDABackend({ emulated });
    const columns = 2 ** 21;
    const state = backend.state({ capacity: 4, slots: [{ name: "rows", dtype: "float32", shape: [columns] }] });
    const [first, second] = [1, 2].map((value) =>
      backend.upload(hostTensor("float32", [1, columns], new Float32Array(columns).fill(value))),
    ) as [Tensor, Tensor];
    const write = (x: Tensor) => {
      writeRows(state, "rows", x);
      advance(state, 1);
    };
    write(first);
    // Large downloads are made one after the other, so that this one waits for others.
    const large = backend.upload(hostTensor("int8", [2 ** 25], new Int8Array(2 ** 25)));
    const others = Array.from({ length: 6 }, () => backend.download(large));
    const download = backend.download(state);
    state.reset();
    write(second);
    await Promise.all(others);
    const { length, rows } = await download;
    expect([length, rows[0]!.data[0], rows[0]!.data.at(-1)]).toEqual([1, 1, 1]);
    expect((await backend.download(state)).rows[0]!.data[0]).toBe(2);
  });
});
