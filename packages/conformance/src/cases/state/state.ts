import { type HostState, hostTensor, positions, type StateForm } from "@octet/core";
import { keptRows } from "@octet/core/backend";
import { stateCalls } from "../../calls.ts";
import type { ConformanceCase, ConformanceContext } from "../../case.ts";
import { checkSame } from "../../checks/compare.ts";
import { check } from "../../checks/failure.ts";
import { keepTensors } from "../../checks/keep-tensors.ts";
import { download, upload } from "../../checks/operands.ts";
import { Random } from "../../data/random.ts";
import type { Fault } from "../../faults.ts";
import {
  backendDisposes,
  disposeByUsing,
  disposeTwice,
  disposeWhileDownloading,
  downloadIsFresh,
  memoryCounts,
  uploadCopies,
} from "../handle-promises.ts";
import { promiseCase } from "../promise-case.ts";
import { stateErrorCases } from "./state-errors.ts";
import { stateRowsCases } from "./state-rows.ts";
import { append, counterForm, randomRows } from "./state-script.ts";
import { stateUndoCases } from "./state-undo.ts";

/** Rows by slot and position, which ops may change: a counter and a ring of rows, in all dtypes. */
export function stateCases(): ConformanceCase[] {
  const promise = (
    name: string,
    catches: readonly Fault[],
    run: (context: ConformanceContext) => Promise<void>,
  ): ConformanceCase => promiseCase("state", name, catches, run, samples().flatMap(stateCalls));
  return [
    promise("memory-counts-them", ["wrong-memory"], memoryCounts(samples)),
    promise("dispose-twice", ["second-dispose-throws"], disposeTwice(samples)),
    promise("dispose-by-using", [], disposeByUsing(samples)),
    promise("disposed-with-their-backend", ["immortal-tensors"], backendDisposes(samples)),
    promise("disposed-while-downloading", ["late-download"], disposeWhileDownloading(samples)),
    promise("upload-copies", [], uploadCopies(samples)),
    promise("download-is-fresh", [], downloadIsFresh(samples)),
    promise("form-never-changes", ["consumed-input"], formNeverChanges),
    promise("there-and-back", ["dropped-row-tail", "consumed-input"], thereAndBack),
    ...stateErrorCases(),
    ...stateRowsCases(),
    ...stateUndoCases(),
  ];
}

/** An empty state, one within its ring, one past it, and one that is full. */
function samples(): HostState[] {
  const random = new Random(1);
  const slots: StateForm["slots"] = [
    { name: "float32", dtype: "float32", shape: [3] },
    { name: "float16", dtype: "float16", shape: [], keep: 2 },
    { name: "bfloat16", dtype: "bfloat16", shape: [3, 1], keep: 5 },
    { name: "int8", dtype: "int8", shape: [5], keep: 1 },
    { name: "int16", dtype: "int16", shape: [3] },
    { name: "uint16", dtype: "uint16", shape: [1], keep: 0 },
    { name: "int32", dtype: "int32", shape: [2], keep: 3 },
  ];
  return [0, 2, 7, 9].map((length) => {
    const form = { slots, capacity: 9, ...(length !== 2 && { chunk: 3 }) };
    const rows = slots.map((slot) => randomRows(slot.dtype, [keptRows(slot, length), ...slot.shape], random));
    return { ...form, length, rows };
  });
}

/** The form that was passed, the handle's own fields, the form of a download: none reaches the state. */
async function formNeverChanges({ backend }: ConformanceContext): Promise<void> {
  await keepTensors(async (keep) => {
    const shape = [3];
    const slot = { name: "rows", dtype: "int8" as const, shape, keep: 2 };
    const form = { slots: [slot], capacity: 6, chunk: 2 };
    const state = keep(backend.state(form));
    shape[0] = 30;
    Object.assign(slot, { name: "none", dtype: "int32", keep: 1 });
    Object.assign(form, { capacity: 1, chunk: 1, slots: [] });
    for (const changes of [{ slots: [] }, { capacity: 1 }, { chunk: 1 }, { length: 5 }, { byteLength: 1 }]) {
      try {
        Object.assign(state, changes);
      } catch {} // a frozen object throws
    }
    append(state, 2, new Random(1));
    const wanted = { slots: [{ name: "rows", dtype: "int8", shape: [3], keep: 2 }], capacity: 6, chunk: 2, length: 2 };
    for (const [what, got] of [
      ["a state", state],
      ["its download", (await download(backend, state)) as HostState],
    ] as const) {
      const { slots, capacity, chunk, length } = got;
      const found = JSON.stringify({ slots, capacity, chunk, length });
      check(found === JSON.stringify(wanted), `the form of ${what} was changed to ${found}`);
    }
  });
}

/** States from one backend go on on the other, as if they had been there from the beginning. */
async function thereAndBack({ backend, reference }: ConformanceContext): Promise<void> {
  await keepTensors(async (keep) => {
    for (const host of samples()) {
      const [got, wanted] = [backend, reference].map((on) => keep(upload(on, host)));
      checkSame(await download(backend, got), host, "a state there and back");
      const room = Math.min(host.capacity - host.length, 3);
      for (const state of [got, wanted]) append(state, room, new Random(2));
      checkSame(await download(backend, got), await download(reference, wanted), "a state that went on after upload");
    }
    const whole = keep(backend.state(counterForm));
    for (const seed of [1, 2, 3]) append(whole, 3, new Random(seed));
    const moved = keep(upload(reference, (await download(backend, whole)) as HostState));
    const back = keep(upload(backend, (await download(reference, moved)) as HostState));
    const ends = [whole, moved, back];
    for (const state of ends) append(state, 2, new Random(4));
    const [first, ...others] = await Promise.all(ends.map((state) => download(state.backend, state)));
    for (const other of others) checkSame(other, first, "a state that was moved between backends");
    const next = keep(positions(back, 1));
    checkSame(await download(backend, next), hostTensor("int32", [1], Int32Array.of(11)), "the position after moving");
  });
}
