import {
  advance,
  type Backend,
  createReferenceBackend,
  type DType,
  type HostTensor,
  hostTensor,
  positions,
  readRows,
  type State,
  type StateForm,
  writeRows,
} from "@octet/core";
import { allocate } from "@octet/core/backend";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ways } from "./support/backends.ts";

const form: StateForm = {
  capacity: 40,
  chunk: 4,
  // Rows that fill whole words and rows that are padded, all that are kept and rings.
  slots: [
    { name: "float32", dtype: "float32", shape: [2, 3] },
    { name: "float16", dtype: "float16", shape: [3], keep: 5 },
    { name: "bfloat16", dtype: "bfloat16", shape: [1], keep: 1 },
    { name: "int8", dtype: "int8", shape: [5] },
    { name: "int16", dtype: "int16", shape: [7], keep: 2 },
    { name: "uint16", dtype: "uint16", shape: [2] },
    { name: "int32", dtype: "int32", shape: [9], keep: 0 },
  ],
};

/** Rows of a slot for `count` positions, all elements other than those of other positions. */
function rowsOf(dtype: DType, shape: readonly number[], first: number, count: number): HostTensor {
  const size = shape.reduce((product, extent) => product * extent, count);
  const data = allocate(dtype, size).map((_, i: number) => (first * 13 + i * 7) % 120);
  return hostTensor(dtype, [count, ...shape], data as never);
}

describe.each(ways)("states, %s", (_name, create) => {
  let backend: Backend;
  let reference: Backend;
  let states: State[];
  beforeEach(async () => {
    backend = await create();
    reference = createReferenceBackend();
    states = [backend, reference].map((on) => on.state(form));
  });
  afterEach(() => backend.dispose());

  /** Appends positions to both; `mark` tells these rows from others. */
  const append = (mark: number, count: number) => {
    for (const state of states) {
      for (const { name, dtype, shape } of form.slots) {
        using x = state.backend.upload(rowsOf(dtype, shape, mark, count));
        writeRows(state, name, x);
      }
      advance(state, count);
    }
  };

  const compare = async () => {
    const [got, wanted] = await Promise.all(states.map((state) => state.backend.download(state)));
    expect(got).toEqual(wanted);
    for (const { name, keep = form.capacity } of form.slots) {
      for (const count of new Set([0, Math.min(1, keep), keep])) {
        const [rows, wantedRows] = await Promise.all(
          states.map((state) => state.backend.download(readRows(state, name, count))),
        );
        expect(rows).toEqual(wantedRows);
      }
    }
    const counts = await Promise.all(states.map((state) => state.backend.download(positions(state, 3))));
    expect(counts[0]).toEqual(counts[1]);
  };

  it("hold the reference's bytes as they grow, are cut, emptied and copied", async () => {
    await compare();
    for (const [mark, count] of [
      [1, 4],
      [2, 1],
      [3, 3],
      [4, 0],
      [5, 4],
      [6, 2],
      [7, 1],
    ]) {
      append(mark, count);
      await compare();
    }
    for (const state of states) state.truncate(state.length - 2);
    await compare();
    append(8, 3);
    await compare();
    const copies = states.map((state) => state.copy());
    append(9, 2);
    await compare();
    states.push(...copies.splice(0));
    states.splice(0, 2);
    await compare();
    append(10, 1);
    for (const state of states) state.reset();
    append(11, 2);
    await compare();
  });

  it("go up again as they came down", async () => {
    append(1, 4);
    append(2, 4);
    const host = await reference.download(states[1]);
    states = [backend, reference].map((on) => on.upload(host));
    await compare();
    append(3, 3);
    await compare();
  });

  it("are read as they are at the call, whatever is written before the copy is there", async () => {
    append(1, 3);
    const [state] = states;
    const wanted = await reference.download(states[1]);
    for (let i = 0; i < 200; i++) readRows(state, "float32", 3).dispose();
    const download = backend.download(state);
    const rows = backend.download(readRows(state, "int8", 3));
    state.reset();
    append(2, 4);
    expect(await download).toEqual(wanted);
    expect((await rows).data).toEqual(wanted.rows[3].data);
  });

  it("a row that is not finite is not written, nor any beside it, and undoes what follows", async () => {
    append(1, 2);
    const before = await backend.download(states[0]);
    using bad = backend.upload(hostTensor("float32", [2, 2, 3], new Float32Array(12).fill(1).fill(Number.NaN, 7, 8)));
    let error: unknown;
    try {
      writeRows(states[0], "float32", bad);
      advance(states[0], 2);
      await backend.download(positions(states[0], 1));
    } catch (caught) {
      error = caught;
    }
    expect(error).toMatchObject({ code: "ERR_NON_FINITE", message: expect.stringContaining("element 7") });
    expect(await backend.download(states[0])).toEqual(before);
    for (const pattern of ["float16", "bfloat16"]) {
      const slot = form.slots.find(({ name }) => name === pattern);
      using half = backend.upload(
        hostTensor(
          pattern as "float16",
          [1, ...(slot?.shape ?? [])],
          new Uint16Array(slot?.shape[0] ?? 0).fill(0x7fc0),
        ),
      );
      await expect(
        (async () => {
          writeRows(states[0], pattern, half);
          await backend.sync();
        })(),
      ).rejects.toMatchObject({ code: "ERR_NON_FINITE" });
    }
    append(5, 1);
  });
});
